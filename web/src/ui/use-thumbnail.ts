import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { OLD_MS, type Thumbnails } from "../client/thumbnails";

interface Kept {
  /** The address of the picture; empty where there is none yet. */
  url: ReadonlySignal<string>;
  /** Nothing newer has come for so long that it is no picture of now. */
  isOld: ReadonlySignal<boolean>;
}

/** A picture as it is now. While it is not wanted, and where none comes, the old one stays. */
export function useThumbnail(thumbnails: Thumbnails, path: string, wanted: boolean): Kept {
  const url = useSignal("");
  const isOld = useSignal(false);
  useEffect(() => {
    if (!wanted) return;
    return thumbnails.watch(path, (picture) => {
      URL.revokeObjectURL(url.peek());
      url.value = URL.createObjectURL(picture);
    });
  }, [path, wanted]);
  useEffect(() => {
    isOld.value = false;
    if (url.value === "") return;
    const timer = setTimeout(() => {
      isOld.value = true;
    }, OLD_MS);
    return () => clearTimeout(timer);
  }, [url.value]);
  useEffect(
    () => () => {
      URL.revokeObjectURL(url.peek());
      url.value = "";
    },
    [path],
  );
  return { url, isOld };
}
