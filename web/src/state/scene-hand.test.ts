import { describe, expect, it } from "vitest";
import type { SceneView } from "../client/types";
import { scene } from "./samples";
import { withNewSlot } from "./scene-draft";
import { SceneHand } from "./scene-hand";

const EMPTY = scene();
const SCENE: SceneView = withNewSlot(EMPTY, "guest1");

describe("SceneHand", () => {
  it("goes back and forward step by step, and what a hand pulls is one", () => {
    const hand = new SceneHand(SCENE);
    for (const x of [0.3, 0.4, 0.5]) hand.changeSlot(0, { x });
    hand.history.seal();
    hand.changeSlot(0, { x: 0.6 });
    hand.add("guest2");
    hand.changeSlot(1, { label: true });
    const xs = (): number[] => hand.draft.value.slots.map(({ x }) => x);
    hand.undo();
    hand.undo();
    expect([xs(), hand.selected.value]).toEqual([[0.6], 0]);
    hand.undo();
    expect(xs()).toEqual([0.5]);
    hand.undo();
    expect([hand.draft.value, hand.history.canUndo.value]).toEqual([SCENE, false]);
    for (let step = 0; step < 4; step++) hand.redo();
    expect(hand.draft.value.slots[1]?.label).toBe(true);
    hand.redo();
    expect(xs()).toEqual([0.6, 0.25]);
  });

  it("takes a name as it is typed for one step, and each choice for its own", () => {
    const hand = new SceneHand(SCENE);
    for (const label of ["Two ", "Two o", "Two of"]) hand.change({ label });
    hand.change({ background: "guest1" });
    hand.change({ background: "guest2" });
    hand.undo();
    expect([hand.draft.value.background, hand.draft.value.label]).toEqual(["guest1", "Two of"]);
    hand.undo();
    hand.undo();
    expect(hand.draft.value).toEqual(SCENE);
  });

  it("makes no step of what changes nothing", () => {
    const hand = new SceneHand(SCENE);
    hand.changeSlot(0, { x: 0.25 });
    hand.raise(0, 1);
    expect(hand.history.canUndo.value).toBe(false);
  });

  it("changes the slots of the canvas that it was turned to, and nothing where the mixer lays them out", () => {
    const hand = new SceneHand(SCENE);
    hand.turnTo("second");
    hand.changeSlot(0, { x: 0 });
    hand.add("guest2");
    expect([hand.slots.value, hand.selected.value, hand.draft.value]).toEqual([null, null, SCENE]);
    hand.arrange(SCENE.slots);
    hand.changeSlot(0, { x: 0 });
    hand.add("guest2");
    expect(hand.draft.value.slots).toEqual(SCENE.slots);
    expect(hand.slots.value?.map(({ source, x }) => [source, x])).toEqual([
      ["guest1", 0],
      ["guest2", 0.25],
    ]);
    expect(hand.selected.value).toBe(1);
    hand.arrange(null);
    expect(hand.draft.value).toEqual(SCENE);
  });

  it("goes back over both canvases, and shows the one on which something changes", () => {
    const hand = new SceneHand(SCENE);
    hand.changeSlot(0, { x: 0.5 });
    hand.turnTo("second");
    hand.arrange(SCENE.slots);
    hand.changeSlot(0, { x: 0 });
    hand.turnTo("program");
    const undone = (): unknown => {
      hand.undo();
      const { slots, second } = hand.draft.value;
      return [hand.canvas.value, slots[0]?.x, second?.[0]?.x];
    };
    expect([undone(), undone(), undone()]).toEqual([
      ["second", 0.5, 0.25],
      ["second", 0.5, undefined],
      ["program", 0.25, undefined],
    ]);
    hand.redo();
    hand.redo();
    expect([hand.canvas.value, hand.selected.value]).toEqual(["second", 0]);
  });

  it("selects a slot that there is, whatever was undone", () => {
    const hand = new SceneHand(SCENE);
    hand.drop(0);
    expect(hand.selected.value).toBeNull();
    hand.undo();
    expect(hand.selected.value).toBe(0);
    hand.add("guest2");
    hand.undo();
    expect(hand.selected.value).toBe(0);
  });

  it("has sources heard otherwise, and as their strips say again", () => {
    const hand = new SceneHand(SCENE);
    hand.hear("host", { follow: "open" });
    for (const gain_db of [-3, -6]) hand.hear("host", { gain_db });
    hand.hear("film", { gain_db: -12 });
    expect(hand.draft.value.audio).toEqual([
      { source: "host", follow: "open", gain_db: -6 },
      { source: "film", follow: null, gain_db: -12 },
    ]);
    hand.hear("film", null);
    hand.hear("film", null);
    hand.undo();
    expect(hand.draft.value.audio).toHaveLength(2);
    hand.undo();
    hand.undo();
    expect(hand.draft.value.audio).toEqual([{ source: "host", follow: "open", gain_db: 0 }]);
  });
});
