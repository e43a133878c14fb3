import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Viewer } from "../state/viewer";
import { deskTexts } from "../texts.desk";
import { Picture } from "./Picture";
import { onSeen } from "./seen";
import "../styles/live-picture.css";

interface LivePictureProps {
  path: string;
  label: string;
  listening?: boolean;
  /** What is said while there is no picture. */
  words?: Words;
}

interface Words {
  opening: string;
  failed: string;
}

/** A session that has been opened is kept for whoever scrolls by. */
const LINGER_MS = 3000;
const WORDS: Words = { opening: deskTexts.pictureConnecting, failed: deskTexts.pictureFailed };

/** The picture of a hub path; a session is open only while the tile can be seen. */
export function LivePicture(props: LivePictureProps): JSX.Element {
  const { path, label, listening = false, words = WORDS } = props;
  const box = useRef<HTMLDivElement>(null);
  const seen = useSignal(false);
  const viewer = useSignal<Viewer | null>(null);
  const still = useSignal(false);
  const watched = seen.value || listening;
  useEffect(
    () =>
      onSeen(
        box.current,
        (now) => {
          seen.value = now;
        },
        LINGER_MS,
      ),
    [],
  );
  useEffect(() => {
    if (!watched) return;
    const opened = new Viewer({ path });
    opened.start();
    viewer.value = opened;
    return () => {
      opened.stop();
      viewer.value = null;
    };
  }, [path, watched]);
  const stream = viewer.value?.stream.value ?? null;
  return (
    <div class="live-picture" ref={box}>
      {stream ? (
        <Picture
          stream={stream}
          label={label}
          muted={!listening}
          onStill={(stands) => {
            still.value = stands;
          }}
        />
      ) : null}
      {viewer.value?.link.value.kind === "connected" ? null : (
        <p class="live-picture-text">{explain(viewer.value, words)}</p>
      )}
      {stream && still.value ? (
        <p class="live-picture-still" role="status">
          {deskTexts.pictureStill}
        </p>
      ) : null}
    </div>
  );
}

function explain(viewer: Viewer | null, words: Words): string {
  const link = viewer?.link.value;
  if (link?.kind === "refused")
    return link.error.status === 406 ? deskTexts.pictureCodec : deskTexts.pictureRefused;
  const failed = link?.kind === "waiting" || (link?.kind === "connecting" && link.after !== null);
  return failed ? words.failed : words.opening;
}
