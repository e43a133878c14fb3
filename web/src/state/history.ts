/** Steps back and forward through what somebody makes; what a hand does in one go is one step. */

import { computed, signal } from "@preact/signals";

/** As many steps are kept; the oldest go. */
export const MOST_STEPS = 100;

export class History<T> {
  readonly #past = signal<readonly T[]>([]);
  readonly #future = signal<readonly T[]>([]);
  readonly canUndo = computed(() => this.#past.value.length > 0);
  readonly canRedo = computed(() => this.#future.value.length > 0);
  /** What is being done now. */
  #going: string | null = null;

  /**
   * Take note of a step.
   *
   * @param before What was there before it.
   * @param what With what was done just before under the same name it is one step; null stands alone.
   */
  step(before: T, what: string | null): void {
    if (what === null || what !== this.#going) {
      this.#past.value = [...this.#past.peek(), before].slice(-MOST_STEPS);
    }
    this.#going = what;
    this.#future.value = [];
  }

  /** Whatever comes next is another step. */
  seal(): void {
    this.#going = null;
  }

  /** What was there a step before; null where there is no more. */
  undo(now: T): T | null {
    this.seal();
    const before = this.#past.peek().at(-1) ?? null;
    if (before === null) return null;
    this.#past.value = this.#past.peek().slice(0, -1);
    this.#future.value = [...this.#future.peek(), now];
    return before;
  }

  /** What was undone last; null where nothing was. */
  redo(now: T): T | null {
    this.seal();
    const after = this.#future.peek().at(-1) ?? null;
    if (after === null) return null;
    this.#future.value = this.#future.peek().slice(0, -1);
    this.#past.value = [...this.#past.peek(), now];
    return after;
  }

  clear(): void {
    this.seal();
    this.#past.value = [];
    this.#future.value = [];
  }
}
