/** What a scene begins with on the second canvas once it is arranged by hand. */

import type { CanvasSize, SlotView } from "../client/types";

/** The slots one above the other, side by side where the canvas is wider than high: each can be taken hold of. */
export function beginning(slots: readonly SlotView[], { width, height }: CanvasSize): SlotView[] {
  const part = 1 / slots.length;
  return slots.map((slot, at) => {
    const place =
      height >= width
        ? { x: 0, y: at * part, width: 1, height: part }
        : { x: at * part, y: 0, width: part, height: 1 };
    return { ...slot, ...place };
  });
}
