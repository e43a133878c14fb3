/** A scene's draft under an operator's hand: every change is a step that can be undone. */

import { type Signal, signal } from "@preact/signals";
import type { SceneView, SlotView } from "../client/types";
import { History } from "./history";
import { isSame, raised, withNewSlot, withoutSlot, withSlot } from "./scene-draft";

export class SceneHand {
  readonly draft: Signal<SceneView>;
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
  changeSlot(index: number, change: Partial<SlotView>): void {
    const isFlowing = Object.values(change).every((value) => typeof value === "number");
    const what = isFlowing ? `slot ${index} ${Object.keys(change).join()}` : null;
    this.#step(withSlot(this.draft.peek(), index, change), what);
  }

  add(source: string): void {
    this.#step(withNewSlot(this.draft.peek(), source), null);
    this.selected.value = this.draft.peek().slots.length - 1;
  }

  drop(index: number): void {
    this.#step(withoutSlot(this.draft.peek(), index), null);
    this.select(index);
  }

  raise(index: number, by: 1 | -1): void {
    this.#step(raised(this.draft.peek(), index, by), null);
  }

  undo(): void {
    this.#go(this.history.undo(this.draft.peek()));
  }

  redo(): void {
    this.#go(this.history.redo(this.draft.peek()));
  }

  /** Select a slot, the last one where there are not so many, or none. */
  select(index: number): void {
    const last = this.draft.peek().slots.length - 1;
    this.selected.value = last >= 0 ? Math.min(index, last) : null;
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
    this.draft.value = scene;
    this.select(this.selected.peek() ?? 0);
  }
}
