/** How the mixer packs a scene anew for the second canvas (`domain/layout.py`): what a hand begins with there. */

import type { CanvasSize, SlotView } from "../client/types";
import { type Rect, rectOf } from "./scene-draft";

/** Width by height of the place that a picture of any shape does best in. */
const FAVOURED = 4 / 3;
/** In fractions of the canvas: what is nearer is the same. */
const NEAR = 1e-6;
const CANVAS: Rect = { x: 0, y: 0, width: 1, height: 1 };

/** The slots that are seen, so that they share a canvas and all of each is seen, the one that all others lie on first. */
export function packed(slots: readonly SlotView[], { width, height }: CanvasSize): SlotView[] {
  const shape = width / height;
  const seen = slots.filter((slot) => slot.alpha > 0 && partOn(slot) !== null);
  const large = belowAll(seen);
  if (!large) return placed(seen, tiles(seen.length, CANVAS, shape));
  const others = seen.filter((slot) => slot !== large);
  const [first, rest] = halves(shape);
  return placed([large, ...others], [first, ...tiles(others.length, rest, shape)]);
}

const placed = (slots: readonly SlotView[], places: readonly Rect[]): SlotView[] =>
  slots.map((slot, at) => ({ ...slot, ...places[at] }));

/** What of a rectangle is on the canvas; null where nothing is. */
function partOn({ x, y, width, height }: Rect): Rect | null {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const part = {
    x: left,
    y: top,
    width: Math.min(1, x + width) - left,
    height: Math.min(1, y + height) - top,
  };
  return part.width > 0 && part.height > 0 ? part : null;
}

/** The slot that all others lie on, as a picture in picture does. */
function belowAll(slots: readonly SlotView[]): SlotView | undefined {
  if (slots.length < 2) return undefined;
  const areas = slots.map((slot) => partOn(slot) ?? rectOf(slot));
  return slots.find((_, at) =>
    areas.every((area, other) => other === at || liesOn(area, areas[at] ?? CANVAS)),
  );
}

function liesOn(small: Rect, large: Rect): boolean {
  const isWithin = (start: number, length: number, from: number, whole: number): boolean =>
    start > from - NEAR && start + length < from + whole + NEAR;
  return (
    isWithin(small.x, small.width, large.x, large.width) &&
    isWithin(small.y, small.height, large.y, large.height) &&
    small.width * small.height < large.width * large.height - NEAR
  );
}

/** The halves of a canvas, across its longer side. */
function halves(shape: number): readonly [Rect, Rect] {
  const [half, other] = shape > 1 ? [{ width: 0.5 }, { x: 0.5 }] : [{ height: 0.5 }, { y: 0.5 }];
  return [
    { ...CANVAS, ...half },
    { ...CANVAS, ...half, ...other },
  ];
}

/** Places in rows that fill an area, in as many columns as come nearest to the favoured shape. */
function tiles(count: number, area: Rect, shape: number): Rect[] {
  const columns = bestColumns(count, (shape * area.width) / area.height);
  const rows = Math.ceil(count / columns);
  const height = area.height / rows;
  return Array.from({ length: rows }, (_, row) => row).flatMap((row) => {
    const length = Math.floor(count / rows) + (row < count % rows ? 1 : 0);
    const width = area.width / length;
    return Array.from({ length }, (_, at) => ({
      x: area.x + (at * area.width) / length,
      y: area.y + row * height,
      width,
      height,
    }));
  });
}

function bestColumns(count: number, shape: number): number {
  const likeness = (columns: number): number => {
    const cell = (shape * Math.ceil(count / columns)) / columns;
    return Math.min(cell, FAVOURED) / Math.max(cell, FAVOURED);
  };
  let best = 1;
  for (let columns = 2; columns <= count; columns++) if (likeness(columns) > likeness(best)) best = columns;
  return best;
}
