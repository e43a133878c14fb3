import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Motion } from "../client/motion";
import type { SharedPicture } from "../state/shared-picture";
import { Viewer } from "../state/viewer";
import { deskTexts } from "../texts.desk";
import { HttpPicture } from "./HttpPicture";
import { Picture } from "./Picture";
import { useSeen } from "./use-seen";
import "../styles/live-picture.css";

interface LivePictureProps {
  path: string;
  label: string;
  listening?: boolean;
  /** What is said while there is no picture. */
  words?: Words;
  /** Whether it comes by HTTP, without sound, for as long as WebRTC does not. */
  byHttp?: boolean;
  /** What others take their pictures from: it is played also while only they can be seen. */
  shared?: SharedPicture;
}

interface Words {
  opening: string;
  failed: string;
}

/** A network that lets UDP through has connected by then. */
const HTTP_AFTER_MS = 4000;
/** By how much a picture may come after what the server says of it. */
const LAG_MS = 700;
const HTTP_LAG_MS = 1700;
const usualWords = (): Words => ({ opening: deskTexts.pictureConnecting, failed: deskTexts.pictureFailed });

/** The picture of a hub path; a session is open only while the tile can be seen. */
export function LivePicture(props: LivePictureProps): JSX.Element {
  const { path, label, listening = false, words = usualWords(), byHttp = false, shared } = props;
  const box = useRef<HTMLDivElement>(null);
  const seen = useSeen(box);
  const viewer = useSignal<Viewer | null>(null);
  const motion = useSignal<Motion>("none");
  const watched = seen.value || listening || (shared?.wanted.value ?? 0) > 0;
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
  const kind = viewer.value?.link.value.kind;
  const isConnected = kind === "connected";
  useEffect(() => {
    // Whoever has closed a picture, or only tries it, knows nothing new of whether it is refused.
    if (shared && kind === "refused") shared.isRefused.value = true;
    else if (shared && kind === "connected") shared.isRefused.value = false;
  }, [shared, kind]);
  const takesHttp = useLate(byHttp && watched && !isConnected);
  const playsHttp = useSignal(false);
  const stream = takesHttp ? null : (viewer.value?.stream.value ?? null);
  const onMotion = (now: Motion): void => {
    motion.value = now;
    if (shared) shared.motion.value = now;
  };
  const onVideo = (lagMs: number) => (video: HTMLVideoElement) => shared?.shows(video, lagMs);
  return (
    <div class="live-picture" ref={box}>
      {stream ? (
        <Picture
          stream={stream}
          label={label}
          muted={!listening}
          isOpen={isConnected}
          onMotion={onMotion}
          onVideo={onVideo(LAG_MS)}
        />
      ) : null}
      {takesHttp ? (
        <HttpPicture
          path={path}
          label={label}
          onPlays={(plays) => {
            playsHttp.value = plays;
          }}
          onMotion={onMotion}
          onVideo={onVideo(HTTP_LAG_MS)}
        />
      ) : null}
      {isConnected || playsHttp.value ? null : (
        <p class="live-picture-text">{explain(viewer.value, words)}</p>
      )}
      {stream || playsHttp.value ? <MotionWords motion={motion.value} /> : null}
      {playsHttp.value ? (
        <p class="live-picture-way" role="status">
          {deskTexts.pictureByHttp}
        </p>
      ) : null}
    </div>
  );
}

/** What is said of a picture that does not move, though there is a connection. */
function MotionWords({ motion }: { motion: Motion }): JSX.Element | null {
  const words = { none: null, moves: null, still: deskTexts.pictureStill, missing: deskTexts.pictureMissing };
  if (words[motion] === null) return null;
  return (
    <p class="live-picture-still" role="status">
      {words[motion]}
    </p>
  );
}

/** Whether something has been so for a while. */
function useLate(isSo: boolean): boolean {
  const late = useSignal(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => {
      late.value = true;
    }, HTTP_AFTER_MS);
    return () => {
      clearTimeout(timer);
      late.value = false;
    };
  }, [isSo]);
  return isSo && late.value;
}

function explain(viewer: Viewer | null, words: Words): string {
  const link = viewer?.link.value;
  if (link?.kind === "refused")
    return link.error.status === 406 ? deskTexts.pictureCodec : deskTexts.pictureRefused;
  const failed = link?.kind === "waiting" || (link?.kind === "connecting" && link.after !== null);
  return failed ? words.failed : words.opening;
}
