/** A scene that is being edited: every change makes a new one. */

import type { CanvasName, SceneView, SlotView } from "../client/types";

/** How far outside the canvas a slot may reach. */
const LEAST_EDGE = -1;
const GREATEST_EDGE = 2;
/** The least that a hand leaves of a slot, in fractions of the canvas. */
export const LEAST_SIDE = 0.02;

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The side or the corner that a hand pulls at. */
export type Handle = "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw";

const between = (least: number, value: number, most: number): number =>
  Math.min(most, Math.max(least, value));
/** No finer than a pixel of a canvas of 10,000. */
const even = (value: number): number => Math.round(value * 10_000) / 10_000;

export const rectOf = ({ x, y, width, height }: Rect): Rect => ({ x, y, width, height });

/** A rectangle that was moved, within what may be. */
export function moved(rect: Rect, dx: number, dy: number): Rect {
  return {
    ...rect,
    x: even(between(LEAST_EDGE, rect.x + dx, GREATEST_EDGE - rect.width)),
    y: even(between(LEAST_EDGE, rect.y + dy, GREATEST_EDGE - rect.height)),
  };
}

function pulled(start: number, length: number, by: number, first: boolean): [number, number] {
  const end = start + length;
  if (first) {
    const edge = even(between(LEAST_EDGE, start + by, end - LEAST_SIDE));
    return [edge, even(end - edge)];
  }
  return [start, even(between(start + LEAST_SIDE, end + by, GREATEST_EDGE) - start)];
}

/** A rectangle one side or corner of which was pulled. */
export function resized(rect: Rect, handle: Handle, dx: number, dy: number): Rect {
  const found = rectOf(rect);
  if (/[ew]/.test(handle)) [found.x, found.width] = pulled(rect.x, rect.width, dx, handle.includes("w"));
  if (/[ns]/.test(handle)) [found.y, found.height] = pulled(rect.y, rect.height, dy, handle.includes("n"));
  return found;
}

/** What has slots: a scene, or what is seen of it on one canvas. */
export type Slotted = Pick<SceneView, "slots">;

export const CANVASES = ["program", "second"] as const satisfies readonly CanvasName[];

/** Where the API has the slots of each. */
export const SLOTS_FIELD: Record<CanvasName, string> = { program: "slots", second: "second" };

/** A scene's slots on a canvas; null where the mixer lays them out. */
export const slotsOn = (scene: SceneView, canvas: CanvasName): SlotView[] | null =>
  canvas === "program" ? scene.slots : scene.second;

/** The scene with other slots on a canvas. */
export const withSlots = (scene: SceneView, canvas: CanvasName, slots: SlotView[]): SceneView =>
  canvas === "program" ? { ...scene, slots } : { ...scene, second: slots };

/** The canvas on which two scenes differ, if they do. */
export const changedOn = (a: SceneView, b: SceneView): CanvasName | null =>
  CANVASES.find((canvas) => !isAlike(slotsOn(a, canvas), slotsOn(b, canvas))) ?? null;

/** What is new of a slot: of its border and its crop too, what is not named stays. */
export type SlotChange = Partial<Omit<SlotView, "border" | "crop">> & {
  border?: Partial<SlotView["border"]>;
  crop?: Partial<SlotView["crop"]>;
};

const changedSlot = (slot: SlotView, change: SlotChange): SlotView => ({
  ...slot,
  ...change,
  border: { ...slot.border, ...change.border },
  crop: { ...slot.crop, ...change.crop },
});

/** The scene with one slot changed. */
export function withSlot<T extends Slotted>(scene: T, index: number, change: SlotChange): T {
  const slots = scene.slots.map((slot, at) => (at === index ? changedSlot(slot, change) : slot));
  return { ...scene, slots };
}

export function withoutSlot<T extends Slotted>(scene: T, index: number): T {
  return { ...scene, slots: scene.slots.filter((_, at) => at !== index) };
}

/** The scene with a new slot on top, in the middle. */
export function withNewSlot<T extends Slotted>(scene: T, source: string): T {
  const z = Math.max(0, ...scene.slots.map((slot) => slot.z + 1));
  const slot: SlotView = {
    source,
    x: 0.25,
    y: 0.25,
    width: 0.5,
    height: 0.5,
    z,
    alpha: 1,
    crop: { left: 0, top: 0, right: 0, bottom: 0 },
    fit: "auto",
    border: { width: 0, color: "#ffffff" },
    radius: 0,
    label: false,
    if_gone: null,
  };
  return { ...scene, slots: [...scene.slots, slot] };
}

/** The slots' places in the list as they are drawn, the lowest first. */
export function stackOf({ slots }: Slotted): number[] {
  return slots.map((_, index) => index).sort((a, b) => (slots[a]?.z ?? 0) - (slots[b]?.z ?? 0) || a - b);
}

/** The scene with a slot one place higher, or lower where `by` is −1. */
export function raised<T extends Slotted>(scene: T, index: number, by: 1 | -1): T {
  const stack = stackOf(scene);
  const at = stack.indexOf(index);
  const other = stack[at + by];
  if (other === undefined) return scene;
  stack[at] = other;
  stack[at + by] = index;
  return { ...scene, slots: scene.slots.map((slot, place) => ({ ...slot, z: stack.indexOf(place) })) };
}

/** Whether two scenes show the same under the same name. */
export function isSame(a: SceneView, b: SceneView): boolean {
  const isNamedAlike = a.label === b.label && a.background.toLowerCase() === b.background.toLowerCase();
  return isNamedAlike && sounds(a) === sounds(b) && changedOn(a, b) === null;
}

const sounds = ({ audio }: SceneView): string =>
  JSON.stringify(audio.map(({ source, follow, gain_db }) => [source, follow, gain_db]));

const isAlike = (a: SlotView[] | null, b: SlotView[] | null): boolean =>
  JSON.stringify(a?.map(plainSlot)) === JSON.stringify(b?.map(plainSlot));

/** Its values in one order: control and page may write them in another. */
function plainSlot({ crop, border, ...slot }: SlotView): unknown {
  const { source, if_gone, x, y, width, height, z, alpha, fit, radius, label } = slot;
  const { left, top, right, bottom } = crop;
  const frame = [border.width, border.color.toLowerCase()];
  const shown = [source, if_gone];
  return [shown, x, y, width, height, z, alpha, fit, radius, label, left, top, right, bottom, frame];
}
