import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Viewer } from "../state/viewer";
import { texts } from "../texts";
import { Picture } from "./Picture";
import "../styles/live-picture.css";

interface LivePictureProps {
  path: string;
  label: string;
  listening: boolean;
}

/** The picture of a hub path; a session is open only while the tile can be seen. */
export function LivePicture({ path, label, listening }: LivePictureProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const seen = useSignal(false);
  const viewer = useSignal<Viewer | null>(null);
  const watched = seen.value || listening;
  useEffect(
    () =>
      onSeen(box.current, (now) => {
        seen.value = now;
      }),
    [],
  );
  useEffect(() => {
    if (!watched) return;
    const opened = new Viewer(path);
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
      {stream ? <Picture stream={stream} label={label} muted={!listening} /> : null}
      {viewer.value?.link.value.kind === "connected" ? null : (
        <p class="live-picture-text">{explain(viewer.value)}</p>
      )}
    </div>
  );
}

function explain(viewer: Viewer | null): string {
  const link = viewer?.link.value;
  if (link?.kind === "refused")
    return link.error.status === 406 ? texts.desk.pictureCodec : texts.desk.pictureRefused;
  const failed = link?.kind === "waiting" || (link?.kind === "connecting" && link.after !== null);
  return failed ? texts.desk.pictureFailed : texts.desk.pictureConnecting;
}

/** Tell whether an element is on screen in a page that is looked at. */
function onSeen(element: Element | null, tell: (seen: boolean) => void): () => void {
  if (!element) return () => undefined;
  let inView = false;
  const say = (): void => tell(inView && document.visibilityState === "visible");
  const observer = new IntersectionObserver((entries) => {
    inView = entries.at(-1)?.isIntersecting ?? false;
    say();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", say);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", say);
  };
}
