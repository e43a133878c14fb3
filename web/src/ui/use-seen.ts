import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { LINGER_MS, onSeen } from "./seen";

/** Whether an element can be seen, or could be a moment ago. */
export function useSeen(element: RefObject<Element | null>): Signal<boolean> {
  const seen = useSignal(false);
  useEffect(
    () =>
      onSeen(
        element.current,
        (now) => {
          seen.value = now;
        },
        LINGER_MS,
      ),
    [],
  );
  return seen;
}
