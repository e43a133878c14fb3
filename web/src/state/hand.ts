/** The guest's raised hand, as control has confirmed it. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { backstageApi } from "../client/guest-backstage";
import type { Inside } from "./page";

/** For an event that was overtaken by a newer one, such as an operator's who lowers the hand at once. */
const CONFIRMED_MS = 5000;

export class Hand {
  /** Up, as control last said. */
  readonly up = computed(() => (this.inside.value?.guest.hand_raised ?? null) !== null);
  /** What was asked for and is not confirmed yet. */
  readonly wanted = signal<boolean | null>(null);
  readonly failed = signal(false);
  /** Counts visits: an answer that comes after its own is no news. */
  #visit = 0;

  constructor(private readonly inside: ReadonlySignal<Inside | null>) {
    effect(() => {
      if (this.wanted.value === this.up.value) this.wanted.value = null;
    });
  }

  /** Raise or lower it. */
  async turn(): Promise<void> {
    const inside = this.inside.peek();
    if (!inside || this.wanted.peek() !== null) return;
    const raised = !this.up.peek();
    const visit = this.#visit;
    this.wanted.value = raised;
    this.failed.value = false;
    try {
      await backstageApi.hand(inside.token, inside.guest.id, raised);
      await this.#confirmed();
    } catch (error) {
      if (!(error instanceof ApiError)) unexpected(error);
      if (visit === this.#visit) this.failed.value = true;
    } finally {
      if (visit === this.#visit) this.wanted.value = null;
    }
  }

  /** The person has read that it failed. */
  read(): void {
    this.failed.value = false;
  }

  /** The guest is out. */
  clear(): void {
    this.#visit += 1;
    this.wanted.value = null;
    this.failed.value = false;
  }

  #confirmed(): Promise<void> {
    return new Promise((resolve) => {
      let stop = (): void => undefined;
      const end = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(end, CONFIRMED_MS);
      stop = this.wanted.subscribe((wanted) => {
        if (wanted === null) queueMicrotask(end);
      });
    });
  }
}
