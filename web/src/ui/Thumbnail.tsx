import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { pictureOfScene, type Thumbnails } from "../client/thumbnails";
import { onSeen } from "./seen";
import { useThumbnail } from "./use-thumbnail";
import "../styles/thumbnail.css";

interface ThumbnailProps {
  scene: string;
  thumbnails: Thumbnails;
  /** Whether there is a mixer that draws it. */
  ready: boolean;
}

/** The scene's picture, fresh while it can be seen; the words beside it say which scene it is. */
export function Thumbnail({ scene, thumbnails, ready }: ThumbnailProps): JSX.Element {
  const box = useRef<HTMLSpanElement>(null);
  const seen = useSignal(false);
  useEffect(
    () =>
      onSeen(box.current, (now) => {
        seen.value = now;
      }),
    [],
  );
  const url = useThumbnail(thumbnails, pictureOfScene(scene), ready && seen.value);
  return (
    <span class="thumbnail" ref={box}>
      {url.value ? <img src={url.value} alt="" /> : null}
    </span>
  );
}
