import { useEffect } from "preact/hooks";
import type { Look } from "../state/looks";

/** Whether a picture may be open that is wanted; one without a look always may. */
export function useLook(look: Look | undefined, isWanted: boolean): boolean {
  const isHeard = look?.isHeard.value ?? false;
  useEffect(() => (isWanted ? look?.looks.want(look) : undefined), [look, isWanted]);
  useEffect(() => {
    if (isHeard && isWanted) look?.looks.take(look);
  }, [look, isHeard, isWanted]);
  return isWanted && (look?.isOpen.value ?? true);
}
