/** What the canvases have in common on which a hand moves and pulls something. */

import { hundredths } from "../../state/format";
import type { Handle, Rect } from "../../state/scene-draft";

export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const satisfies readonly Handle[];
const STEP = 0.01;
/** How far each arrow moves, across and down, in fractions of the canvas. */
export const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Where a rectangle is drawn. */
export const placeOf = ({
  x,
  y,
  width,
  height,
}: Rect): Record<"left" | "top" | "width" | "height", string> => ({
  left: `${x * 100}%`,
  top: `${y * 100}%`,
  width: `${width * 100}%`,
  height: `${height * 100}%`,
});

/** A rectangle's sides as people read them. */
export const sidesOf = ({ x, y, width, height }: Rect): [number, number, number, number] => [
  hundredths(x),
  hundredths(y),
  hundredths(width),
  hundredths(height),
];
