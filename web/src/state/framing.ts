/** What a source cuts off its own picture: by hand, within what the server takes. */

import type { SourceView } from "../client/types";
import { type Handle, type Rect, resized } from "./scene-draft";

export type Framing = Pick<SourceView, "crop" | "zoom" | "offset">;

export const MOST_ZOOM = 16;

/** All of the picture. */
export const WHOLE: Framing = {
  crop: { left: 0, top: 0, right: 0, bottom: 0 },
  zoom: 1,
  offset: { x: 0, y: 0 },
};

const even = (value: number): number => Math.round(value * 10_000) / 10_000;
const between = (least: number, value: number, most: number): number =>
  Math.min(most, Math.max(least, value));

export const framingOf = ({ crop, zoom, offset }: Framing): Framing => ({ crop, zoom, offset });

export const isSameFraming = (a: Framing, b: Framing): boolean => plain(a) === plain(b);

const plain = ({ crop, zoom, offset }: Framing): string =>
  [crop.left, crop.top, crop.right, crop.bottom, zoom, offset.x, offset.y].join();

/** What the crop leaves, in fractions of the picture. */
export const cropRectOf = ({ crop: { left, top, right, bottom } }: Framing): Rect => ({
  x: left,
  y: top,
  width: Math.max(0, 1 - left - right),
  height: Math.max(0, 1 - top - bottom),
});

/** What is shown: of what the crop leaves the part that the zoom enlarges, which does not leave it. */
export function shownRectOf(framing: Framing): Rect {
  const whole = cropRectOf(framing);
  const zoom = Math.max(1, framing.zoom);
  const [x, width] = partOf(whole.x, whole.width, zoom, framing.offset.x);
  const [y, height] = partOf(whole.y, whole.height, zoom, framing.offset.y);
  return { x, y, width, height };
}

function partOf(start: number, length: number, zoom: number, offset: number): [number, number] {
  const shown = length / zoom;
  const free = length - shown;
  return [between(start, start + free / 2 + offset * length, start + free), shown];
}

/** The framing with a side or corner of its crop pulled, within the picture. */
export function croppedAt(framing: Framing, handle: Handle, dx: number, dy: number): Framing {
  const { x, y, width, height } = resized(cropRectOf(framing), handle, dx, dy);
  const side = (value: number): number => even(between(0, value, 1));
  const crop = { left: side(x), top: side(y), right: side(1 - x - width), bottom: side(1 - y - height) };
  return { ...framing, crop };
}

/** The framing with its part moved, in fractions of the picture; no further than the crop leaves room. */
export function panned(framing: Framing, dx: number, dy: number): Framing {
  const { width, height } = cropRectOf(framing);
  const { x, y } = framing.offset;
  const offset = { x: x + (width > 0 ? dx / width : 0), y: y + (height > 0 ? dy / height : 0) };
  return { ...framing, offset: heldIn(framing.zoom, offset) };
}

/** The framing enlarged so many times. */
export function zoomedTo(framing: Framing, times: number): Framing {
  const zoom = Math.round(between(1, times, MOST_ZOOM) * 100) / 100;
  return { ...framing, zoom, offset: heldIn(zoom, framing.offset) };
}

function heldIn(zoom: number, { x, y }: Framing["offset"]): Framing["offset"] {
  const most = (1 - 1 / Math.max(1, zoom)) / 2;
  // Adding 0 makes no −0 of it.
  return { x: even(between(-most, x, most)) + 0, y: even(between(-most, y, most)) + 0 };
}
