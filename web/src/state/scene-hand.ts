/** A scene's draft under an operator's hand: every change is a step that can be undone. */

import { computed, type Signal, signal } from "@preact/signals";
import type { CanvasName, SceneSoundView, SceneView, SlotView } from "../client/types";
import { History } from "./history";
import {
  changedOn,
  isSame,
  raised,
  type SlotChange,
  type Slotted,
  slotsOn,
  withNewSlot,
  withoutSlot,
  withSlot,
  withSlots,
} from "./scene-draft";

export class SceneHand {
  readonly draft: Signal<SceneView>;
  /** The canvas whose slots are under the hand. */
  readonly canvas = signal<CanvasName>("program");
  /** The slots there; null where the mixer lays them out. */
  readonly slots = computed(() => slotsOn(this.draft.value, this.canvas.value));
  readonly selected = signal<number | null>(null);
  readonly history = new History<SceneView>();

  constructor(scene: SceneView) {
    this.draft = signal(scene);
    this.select(0);
  }

  /** Change its name, as it is typed, or its ground. */
  change(change: Partial<Omit<SceneView, "id">>): void {
    this.#step({ ...this.draft.peek(), ...change }, "label" in change ? "label" : null);
  }

  /** Change a slot; its numbers by as many small changes as a hand makes of it. */
  changeSlot(index: number, change: SlotChange): void {
    const isFlowing = Object.values(change).every((value) => typeof value === "number");
    const what = isFlowing ? `slot ${index} ${Object.keys(change).join()}` : null;
    this.#edit((shown) => withSlot(shown, index, change), what);
  }

  add(source: string): void {
    this.#edit((shown) => withNewSlot(shown, source), null);
    this.select(Number.POSITIVE_INFINITY);
  }

  drop(index: number): void {
    this.#edit((shown) => withoutSlot(shown, index), null);
    this.select(index);
  }

  raise(index: number, by: 1 | -1): void {
    this.#edit((shown) => raised(shown, index, by), null);
  }

  /** Take another canvas's slots under the hand. */
  turnTo(canvas: CanvasName): void {
    if (canvas === this.canvas.peek()) return;
    this.history.seal();
    this.canvas.value = canvas;
    this.select(0);
  }

  /** Begin with these slots on the second canvas; with null the mixer lays it out. */
  arrange(second: SlotView[] | null): void {
    this.#step({ ...this.draft.peek(), second }, null);
    this.select(0);
  }

  /** Have a source be heard otherwise while the scene is on air; as its strip says where nothing is given. */
  hear(source: string, change: Partial<SceneSoundView> | null): void {
    const draft = this.draft.peek();
    const known = draft.audio.find((rule) => rule.source === source);
    const rule = { source, follow: null, gain_db: 0, ...known, ...change };
    const others = draft.audio.map((each) => (each.source === source ? rule : each));
    const audio = known ? others : [...draft.audio, rule];
    const what = change && "gain_db" in change ? `gain of ${source}` : null;
    this.#step({ ...draft, audio: change === null ? audio.filter((each) => each !== rule) : audio }, what);
  }

  undo(): void {
    this.#go(this.history.undo(this.draft.peek()));
  }

  redo(): void {
    this.#go(this.history.redo(this.draft.peek()));
  }

  /** Select a slot, the last one where there are not so many, or none. */
  select(index: number): void {
    const last = (this.slots.peek()?.length ?? 0) - 1;
    this.selected.value = last >= 0 ? Math.min(index, last) : null;
  }

  /** Change what is seen on the canvas under the hand. */
  #edit(change: (shown: Slotted) => Slotted, what: string | null): void {
    const slots = this.slots.peek();
    if (slots === null) return;
    this.#step(withSlots(this.draft.peek(), this.canvas.peek(), change({ slots }).slots), what);
  }

  /** Take a step, unless nothing comes of it. */
  #step(made: SceneView, what: string | null): void {
    const before = this.draft.peek();
    if (isSame(made, before)) return;
    this.history.step(before, what);
    this.draft.value = made;
  }

  #go(scene: SceneView | null): void {
    if (scene === null) return;
    const before = this.draft.peek();
    this.draft.value = scene;
    // Whoever goes a step sees what it changes.
    this.turnTo(changedOn(before, scene) ?? this.canvas.peek());
    this.select(this.selected.peek() ?? 0);
  }
}
