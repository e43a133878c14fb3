/** The T-bar under the operator's hand. */

import { signal } from "@preact/signals";

/** After the hand has left it, until the mixer's word of it has come. */
const SETTLE_MS = 500;
/** By which part of the way a key moves it; held, a key that repeats 30 times a second takes under two seconds. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 0.02,
  ArrowUp: 0.02,
  ArrowLeft: -0.02,
  ArrowDown: -0.02,
  PageUp: 0.1,
  PageDown: -0.1,
  End: 1,
  Home: -1,
};

export class TbarHand {
  /** Where the hand has it, 0 program, 1 preview; null while nobody moves it. */
  readonly place = signal<number | null>(null);
  /** Program and preview have swapped, and the bar begins anew once the hand has left it. */
  #arrived = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param order Has the mixer follow. */
  constructor(private readonly order: (place: number) => void) {}

  move(place: number): void {
    clearTimeout(this.#timer);
    if (this.#arrived) return;
    this.place.value = place;
    this.#arrived = place >= 1;
    this.order(place);
  }

  /** Move by a key from where it is; false for a key that moves nothing. */
  press(key: string, confirmed: number): boolean {
    const step = STEPS[key];
    if (step === undefined) return false;
    this.move(Math.min(1, Math.max(0, (this.place.peek() ?? confirmed) + step)));
    return true;
  }

  /** The hand, or the key, leaves it: it stands where the mixer says from then on. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.place.value = null;
        this.#arrived = false;
      },
      this.#arrived ? 0 : SETTLE_MS,
    );
  }
}
