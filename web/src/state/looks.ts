/** The guests who are looked at by a connection of their own: a few at the same time, however many are in view. */

import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";

export class Looks {
  /** The oldest first. */
  #open: Look[] = [];
  #waiting: Look[] = [];

  /** @param most How many may be open at the same time. */
  constructor(readonly most: ReadonlySignal<number>) {
    effect(() => {
      const room = most.value;
      untracked(() => this.#fit(room));
    });
  }

  /** Look as soon as there is a place, until the function that is returned is called. */
  want(look: Look): () => void {
    this.#waiting.push(look);
    this.#fit();
    return () => {
      this.#open = this.#open.filter((each) => each !== look);
      this.#waiting = this.#waiting.filter((each) => each !== look);
      look.isOpen.value = false;
      look.isWaiting.value = false;
      this.#fit();
    };
  }

  /** Look at once, in the place of the oldest look if need be. */
  take(look: Look): void {
    if (look.isOpen.peek() || !this.#waiting.includes(look)) return;
    this.#waiting = [look, ...this.#waiting.filter((each) => each !== look)];
    if (this.#open.length >= this.most.peek()) this.#close();
    this.#fit();
  }

  #fit(room = this.most.peek()): void {
    while (this.#open.length > room) this.#close();
    while (this.#open.length < room) {
      const next = this.#waiting.shift();
      if (!next) break;
      this.#open.push(next);
      next.isOpen.value = true;
      next.isWaiting.value = false;
    }
    for (const left of this.#waiting) left.isWaiting.value = true;
  }

  /** Close the oldest look, who is listened to only where all are; it waits for the next place that is left. */
  #close(): void {
    const oldest = this.#open.find(({ isHeard }) => !isHeard.peek()) ?? this.#open[0];
    if (!oldest) return;
    this.#open = this.#open.filter((each) => each !== oldest);
    this.#waiting.push(oldest);
    oldest.isHeard.value = false;
    oldest.isOpen.value = false;
  }
}

/** A picture of one guest, which may be open. */
export class Look {
  readonly isOpen = signal(false);
  /** Whether it is wanted, and there was no place left for it. */
  readonly isWaiting = signal(false);
  /** Whether it is listened to as well, which stops when its place is taken. */
  readonly isHeard = signal(false);

  constructor(readonly looks: Looks) {}
}
