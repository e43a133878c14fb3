import { describe, expect, it } from "vitest";
import type { CanvasSize, SlotView } from "../client/types";
import { type Rect, type Slotted, withNewSlot } from "./scene-draft";
import { packed } from "./second-canvas";

const TALL: CanvasSize = { width: 720, height: 1280 };
const WIDE: CanvasSize = { width: 1280, height: 960 };
const FULL: Rect = { x: 0, y: 0, width: 1, height: 1 };

/** Slots in these places, with `a`, `b`, … as their sources. */
const slotsAt = (...places: Partial<Rect>[]): SlotView[] =>
  places
    .reduce<Slotted>((scene, _, at) => withNewSlot(scene, "abcdef"[at] ?? ""), { slots: [] })
    .slots.map((slot, at) => ({ ...slot, ...places[at] }));
const placesOf = (slots: readonly SlotView[]): unknown[] =>
  slots.map(({ source, x, y, width, height }) => [source, x, y, width, height]);

describe("packed", () => {
  it("has one fill the canvas, two half of it each, more in a grid in their order", () => {
    const side = (x: number): Partial<Rect> => ({ x, width: 0.25 });
    expect(packed([], TALL)).toEqual([]);
    expect(placesOf(packed(slotsAt(side(0)), TALL))).toEqual([["a", 0, 0, 1, 1]]);
    const two = slotsAt(side(0), side(0.5));
    expect(placesOf(packed(two, TALL))).toEqual([
      ["a", 0, 0, 1, 0.5],
      ["b", 0, 0.5, 1, 0.5],
    ]);
    expect(placesOf(packed(two, { width: 1920, height: 720 }))).toEqual([
      ["a", 0, 0, 0.5, 1],
      ["b", 0.5, 0, 0.5, 1],
    ]);
    expect(placesOf(packed(slotsAt(side(0), side(0.25), side(0.5), side(0.75)), WIDE))).toEqual([
      ["a", 0, 0, 0.5, 0.5],
      ["b", 0.5, 0, 0.5, 0.5],
      ["c", 0, 0.5, 0.5, 0.5],
      ["d", 0.5, 0.5, 0.5, 0.5],
    ]);
  });

  it("has what others lie on above them, or left of them, and keeps the rest of each slot", () => {
    const small: Partial<Rect> = { x: 0.7, y: 0.7, width: 0.25, height: 0.25 };
    const pip = slotsAt(small, FULL).map((slot) => ({ ...slot, label: true }));
    expect(placesOf(packed(pip, TALL))).toEqual([
      ["b", 0, 0, 1, 0.5],
      ["a", 0, 0.5, 1, 0.5],
    ]);
    expect(packed(pip, TALL).map(({ label, z }) => [label, z])).toEqual([
      [true, 1],
      [true, 0],
    ]);
    expect(placesOf(packed(pip, WIDE))).toEqual([
      ["b", 0, 0, 0.5, 1],
      ["a", 0.5, 0, 0.5, 1],
    ]);
  });

  it("gives no place to what is not seen", () => {
    const [seen, clear] = slotsAt(FULL, FULL);
    const outside = slotsAt({ x: 1.2 });
    expect(packed([{ ...clear, alpha: 0 } as SlotView, ...outside, seen as SlotView], TALL)).toHaveLength(1);
  });
});
