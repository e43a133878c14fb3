/** The lower thirds that control makes for sources: whose name is on air. */

import type { CardView } from "../client/types";
import type { Mixing } from "./mixing";
import { isCard } from "./overlays";

/** What the mixer confirms of a source's lower third; null while there is no mixer to show one. */
export interface LowerThird {
  /** By which it is hidden. */
  id: string;
  /** The name that is on air; null while none is. */
  shows: string | null;
  /** It was asked to come or to go, and the mixer has not confirmed it. */
  isPending: boolean;
}

/** The longest id that an overlay has. */
const MAX_ID = 80;
const idOf = (source: string): string => `lower-third-${source}`.slice(0, MAX_ID);

function told(id: string, overlay: CardView | undefined): LowerThird {
  if (!overlay) return { id, shows: null, isPending: false };
  const { on, shown, text } = overlay;
  return { id, shows: shown ? text : null, isPending: shown !== null && on !== shown };
}

/** The lower third of whoever is seen in a source. */
export function lowerThirdOf({ mixer, board }: Mixing, source: string): LowerThird | null {
  if (!mixer || !board) return null;
  const id = idOf(source);
  return told(
    id,
    board.overlays.filter(isCard).find((each) => each.id === id),
  );
}
