/** Whether WebRTC gets through to this page; where it does not, pictures and sound come by HTTP. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { LinkState } from "../client/lasting";

/** Pictures of guests that are open at the same time. */
const MOST_LOOKS = 4;
/**
 * Streams by HTTP at the same time. Browsers open six connections to a server: one may be needed to ask for events,
 * and one for what a hand does.
 */
const MOST_STREAMS = 4;

/** Whether a session has found that no UDP comes through: it is tried again. */
export const isWithoutUdp = (link: LinkState | undefined): boolean =>
  (link?.kind === "waiting" && link.cause === "network_blocked") ||
  (link?.kind === "connecting" && link.after === "network_blocked");

export class Reach {
  /** No UDP comes through, as a session has found whose picture or sound plays by HTTP, and none has connected since. */
  readonly isBlocked = signal(false);
  /** How many guests' pictures may be open at the same time. */
  readonly mostLooks: ReadonlySignal<number> = computed(() =>
    this.#comes.value ? Math.max(1, MOST_STREAMS - this.#others.value) : MOST_LOOKS,
  );
  /** Streams by HTTP that are no looks. */
  readonly #others = signal(0);
  /** Something plays by HTTP, for whatever reason, and nothing is connected by WebRTC. */
  readonly #comes = signal(false);
  #streams = 0;
  #connected = 0;

  /** Take note that something is connected by WebRTC, until the function that is returned is called. */
  connects(): () => void {
    this.#connected += 1;
    this.#forget();
    return () => {
      this.#connected -= 1;
    };
  }

  /** Take note that something goes by HTTP in WebRTC's place, until the function that is returned is called. */
  takes(isLook: boolean): () => void {
    this.#count(1, isLook);
    return () => this.#count(-1, isLook);
  }

  /** Take note that something plays by HTTP, and whether its session has found that no UDP comes through. */
  plays(isBlocked: boolean): void {
    if (this.#connected > 0) return;
    this.#comes.value = true;
    if (isBlocked) this.isBlocked.value = true;
  }

  #count(change: 1 | -1, isLook: boolean): void {
    this.#streams += change;
    if (!isLook) this.#others.value = this.#others.peek() + change;
    // Nobody tries any more, so that nobody knows.
    if (this.#streams === 0) this.#forget();
  }

  #forget(): void {
    this.#comes.value = false;
    this.isBlocked.value = false;
  }
}
