import { expect, it } from "vitest";
import type { SlotView } from "../client/types";
import { type Slotted, withNewSlot } from "./scene-draft";
import { beginning } from "./second-canvas";

const { slots } = withNewSlot(withNewSlot<Slotted>({ slots: [] }, "guest1"), "guest2");
const placesOf = (made: readonly SlotView[]): unknown =>
  made.map(({ source, x, y, width, height }) => [source, x, y, width, height]);

it("begins with the slots side by side along the canvas, each whole", () => {
  expect(placesOf(beginning(slots, { width: 720, height: 1280 }))).toEqual([
    ["guest1", 0, 0, 1, 0.5],
    ["guest2", 0, 0.5, 1, 0.5],
  ]);
  expect(placesOf(beginning(slots, { width: 1280, height: 960 }))).toEqual([
    ["guest1", 0, 0, 0.5, 1],
    ["guest2", 0.5, 0, 0.5, 1],
  ]);
  expect(beginning([], { width: 720, height: 1280 })).toEqual([]);
});
