import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { pictureOfScene, type Thumbnails } from "../client/thumbnails";
import type { CanvasSize } from "../client/types";
import { OldPicture } from "./OldPicture";
import { onSeen } from "./seen";
import { useThumbnail } from "./use-thumbnail";
import "../styles/thumbnail.css";

interface ThumbnailProps {
  scene: string;
  thumbnails: Thumbnails;
  /** Whether there is a mixer that draws it. */
  ready: boolean;
  /** The second canvas, where the scene is shown as it is there. */
  second?: CanvasSize;
}

/** The scene's picture, fresh while it can be seen; the words beside it say which scene it is. */
export function Thumbnail({ scene, thumbnails, ready, second }: ThumbnailProps): JSX.Element {
  const box = useRef<HTMLSpanElement>(null);
  const seen = useSignal(false);
  useEffect(
    () =>
      onSeen(box.current, (now) => {
        seen.value = now;
      }),
    [],
  );
  const path = pictureOfScene(scene, second ? "second" : "program");
  const { url, isOld } = useThumbnail(thumbnails, path, ready && seen.value);
  return (
    <span class="thumbnail" style={second && { "--shape": second.width / second.height }} ref={box}>
      {url.value ? <img src={url.value} alt="" /> : null}
      {isOld.value ? <OldPicture /> : null}
    </span>
  );
}
