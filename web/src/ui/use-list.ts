import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { sameList } from "../state/same-list";

/** A list computed from signals, which stays the same one as long as its items do. */
export function useList<T>(work: () => readonly T[]): ReadonlySignal<readonly T[]> {
  const last = useRef<readonly T[]>([]);
  return useComputed(() => {
    last.current = sameList(last.current, work());
    return last.current;
  });
}
