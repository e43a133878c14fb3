import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Thumbnails } from "../client/thumbnails";
import { onSeen } from "./seen";
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
  const url = useSignal("");
  useEffect(
    () =>
      onSeen(box.current, (now) => {
        seen.value = now;
      }),
    [],
  );
  const wanted = ready && seen.value;
  useEffect(() => {
    if (!wanted) return;
    return thumbnails.watch(scene, (picture) => {
      URL.revokeObjectURL(url.peek());
      url.value = URL.createObjectURL(picture);
    });
  }, [scene, wanted]);
  useEffect(
    () => () => {
      URL.revokeObjectURL(url.peek());
      url.value = "";
    },
    [scene],
  );
  return (
    <span class="thumbnail" ref={box}>
      {url.value ? <img src={url.value} alt="" /> : null}
    </span>
  );
}
