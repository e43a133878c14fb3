import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Alerts } from "../../state/alerts";
import type { AlertKind } from "../../state/attention";
import { onSeen } from "../../ui/seen";

/** Alerts of some kinds are looked at while an element is in view in a page that is looked at. */
export function useLooking<E extends Element>(alerts: Alerts, ...kinds: AlertKind[]): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    const tell = (seen: boolean): void => {
      for (const kind of kinds) alerts.look(kind, seen);
    };
    const stop = onSeen(element.current, tell);
    return () => {
      stop();
      tell(false);
    };
  }, []);
  return element;
}
