/** Edges that a slot under a hand is drawn to: the canvas's, its middle and thirds, and other slots'. */

import { type Handle, moved, type Rect, resized } from "./scene-draft";

const LINES = [0, 1 / 3, 1 / 2, 2 / 3, 1];

/** What a hand did, and the lines that it met, in fractions of the canvas. */
export interface Snapped {
  rect: Rect;
  across: readonly number[];
  down: readonly number[];
}

interface Meeting {
  by: number;
  line: number;
}

/** The nearest meeting of an edge and a line within reach. */
function meeting(edges: readonly number[], lines: readonly number[], reach: number): Meeting | null {
  let best: Meeting | null = null;
  for (const edge of edges)
    for (const line of lines) {
      const by = line - edge;
      if (Math.abs(by) <= reach && (best === null || Math.abs(by) < Math.abs(best.by))) best = { by, line };
    }
  return best;
}

/** The lines of the canvas and of the other slots, across and down. */
function linesOf(others: readonly Rect[]): { across: number[]; down: number[] } {
  return {
    across: [...LINES, ...others.flatMap(({ x, width }) => [x, x + width])],
    down: [...LINES, ...others.flatMap(({ y, height }) => [y, y + height])],
  };
}

function told(rect: Rect, across: Meeting | null, down: Meeting | null): Snapped {
  return { rect, across: across ? [across.line] : [], down: down ? [down.line] : [] };
}

/**
 * Draw a rectangle that was moved to the lines that it nearly meets.
 *
 * @param reach How near, across and down, in fractions of the canvas.
 */
export function snapMoved(rect: Rect, others: readonly Rect[], reach: readonly [number, number]): Snapped {
  const lines = linesOf(others);
  const { x, y, width, height } = rect;
  const across = meeting([x, x + width / 2, x + width], lines.across, reach[0]);
  const down = meeting([y, y + height / 2, y + height], lines.down, reach[1]);
  return told(moved(rect, across?.by ?? 0, down?.by ?? 0), across, down);
}

/** The same of a rectangle one side or corner of which was pulled: only that is drawn. */
export function snapResized(
  rect: Rect,
  handle: Handle,
  others: readonly Rect[],
  reach: readonly [number, number],
): Snapped {
  const lines = linesOf(others);
  const edge = { w: rect.x, e: rect.x + rect.width, n: rect.y, s: rect.y + rect.height };
  const edges = (sides: string): number[] =>
    [...handle].filter((side) => sides.includes(side)).map((side) => edge[side as keyof typeof edge]);
  const across = meeting(edges("ew"), lines.across, reach[0]);
  const down = meeting(edges("ns"), lines.down, reach[1]);
  return told(resized(rect, handle, across?.by ?? 0, down?.by ?? 0), across, down);
}
