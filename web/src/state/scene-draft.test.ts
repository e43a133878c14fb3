import { describe, expect, it } from "vitest";
import type { SceneView } from "../client/types";
import { scene } from "./samples";
import {
  changedOn,
  isSame,
  moved,
  raised,
  resized,
  stackOf,
  withNewSlot,
  withoutSlot,
  withSlot,
  withSlots,
} from "./scene-draft";
import { snapMoved, snapResized } from "./snap";

const EMPTY = scene();
const TWO = withNewSlot(withNewSlot(EMPTY, "guest1"), "guest2");
const HALF = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };

describe("a slot under a hand", () => {
  it("moves and grows within what may be", () => {
    expect(moved(HALF, 0.1, -0.1)).toEqual({ x: 0.35, y: 0.15, width: 0.5, height: 0.5 });
    expect(moved(HALF, 9, -9)).toMatchObject({ x: 1.5, y: -1 });
    expect(resized(HALF, "nw", 0.1, 0.1)).toEqual({ x: 0.35, y: 0.35, width: 0.4, height: 0.4 });
    expect(resized(HALF, "e", 0.1, 0.1)).toEqual({ ...HALF, width: 0.6 });
    expect(resized(HALF, "s", 0, -9)).toEqual({ ...HALF, height: 0.02 });
  });

  it("is drawn to edges, the middle, thirds, and other slots", () => {
    const reach = [0.01, 0.01] as const;
    expect(snapMoved({ ...HALF, x: 0.005, y: 0.1 }, [], reach)).toMatchObject({
      rect: { x: 0, y: 0.1 },
      across: [0],
      down: [],
    });
    expect(snapMoved({ ...HALF, x: 0.246 }, [], reach)).toMatchObject({ rect: HALF, across: [0.5] });
    const third = { x: 0.1, y: 0.1, width: 0.23, height: 0.23 };
    expect(snapResized(third, "e", [], reach).rect.width).toBeCloseTo(1 / 3 - 0.1, 3);
    expect(snapMoved({ ...HALF, x: 0.112 }, [{ ...HALF, x: 0.11 }], reach).rect.x).toBe(0.11);
    expect(snapMoved({ ...HALF, x: 0.246 }, [], [-1, -1])).toMatchObject({ rect: { x: 0.246 }, across: [] });
  });
});

describe("a scene that is edited", () => {
  it("gets slots on top, changes one, and loses one", () => {
    expect(TWO.slots.map(({ source, z }) => [source, z])).toEqual([
      ["guest1", 0],
      ["guest2", 1],
    ]);
    expect(withSlot(TWO, 1, { label: true }).slots.map(({ label }) => label)).toEqual([false, true]);
    const [framed] = withSlot(TWO, 0, { border: { width: 0.1 }, crop: { left: 0.2 } }).slots;
    expect(framed).toMatchObject({
      border: { width: 0.1, color: "#ffffff" },
      crop: { left: 0.2, top: 0, right: 0, bottom: 0 },
    });
    expect(withoutSlot(TWO, 0).slots.map(({ source }) => source)).toEqual(["guest2"]);
  });

  it("has a slot go one higher, and not beyond the top", () => {
    expect(stackOf(raised(TWO, 0, 1))).toEqual([1, 0]);
    expect(raised(TWO, 1, 1)).toBe(TWO);
    const flat = { ...TWO, slots: TWO.slots.map((slot) => ({ ...slot, z: 5 })) };
    expect(stackOf(raised(flat, 1, -1))).toEqual([1, 0]);
  });

  it("is the same in another order of its values, and not with another border", () => {
    const turned = JSON.parse(JSON.stringify(TWO), (_, value: unknown) =>
      value && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    ) as SceneView;
    expect(isSame(TWO, turned)).toBe(true);
    expect(isSame(TWO, withSlot(TWO, 0, { border: { width: 0.1, color: "#ffffff" } }))).toBe(false);
  });

  it("is another one where it has other slots on the second canvas, or none of its own", () => {
    const own = withSlots(TWO, "second", TWO.slots);
    expect([own.slots, own.second]).toEqual([TWO.slots, TWO.slots]);
    expect(isSame(TWO, own)).toBe(false);
    expect(isSame(own, withSlots(own, "second", []))).toBe(false);
    expect([changedOn(TWO, own), changedOn(TWO, withoutSlot(TWO, 0)), changedOn(own, { ...own })]).toEqual([
      "second",
      "program",
      null,
    ]);
  });
});
