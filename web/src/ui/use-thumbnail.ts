import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Thumbnails } from "../client/thumbnails";

/** The address of a picture as it is now; empty where there is none yet. While it is not wanted the old one stays. */
export function useThumbnail(thumbnails: Thumbnails, path: string, wanted: boolean): ReadonlySignal<string> {
  const url = useSignal("");
  useEffect(() => {
    if (!wanted) return;
    return thumbnails.watch(path, (picture) => {
      URL.revokeObjectURL(url.peek());
      url.value = URL.createObjectURL(picture);
    });
  }, [path, wanted]);
  useEffect(
    () => () => {
      URL.revokeObjectURL(url.peek());
      url.value = "";
    },
    [path],
  );
  return url;
}
