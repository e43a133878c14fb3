/** Sound first: whether a line is good enough for a picture beside the sound. */

import { type Counted, LossWindow } from "../client/loss";

/** Above this part lost, over `BAD_MS`, the picture stops. */
const MOST_LOST = 0.08;
const BAD_MS = 3000;
/** In each second of them some was lost: one burst is over before anything could be done about it. */
const BURST_MS = 1000;
const LEAST_LOST = MOST_LOST / 2;
/** The picture is tried again once no more than this part of the sound is lost, after a pause that doubles. */
const LITTLE_LOST = 0.02;
const CALM_MS = 3000;
const PAUSE_MS = 8000;
const LONGEST_PAUSE_MS = 128_000;
/** A picture that has come for so long is well: the next pause is the shortest again. */
const WELL_MS = 60_000;

/** Judges one guest's line; what is counted is the picture's while it comes, and else the sound's. */
export class PictureRule {
  #window = new LossWindow();
  #shown = true;
  #since = 0;
  #pause = PAUSE_MS;

  /** Whether the picture is to come. */
  get shown(): boolean {
    return this.#shown;
  }

  /**
   * Take what is counted of the session that is in use.
   *
   * @param now Milliseconds.
   * @param counted Null while there is no session that does as is wanted.
   */
  take(now: number, counted: Counted | null): void {
    if (counted) this.#window.take(now, counted);
    if (this.#shown) this.#judge(now);
    else if (now - this.#since >= this.#pause && this.#isCalm()) this.#turn(now, true);
  }

  #judge(now: number): void {
    if (this.#isBad()) {
      const wasWell = now - this.#since >= WELL_MS;
      this.#pause = this.#since === 0 || wasWell ? PAUSE_MS : Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
      this.#turn(now, false);
    }
  }

  #isBad(): boolean {
    const lost = this.#window.part(BAD_MS);
    if (lost === null || lost <= MOST_LOST) return false;
    return [0, 1, 2].every((second) => {
      const part = this.#window.part((second + 1) * BURST_MS, second * BURST_MS);
      return part !== null && part >= LEAST_LOST;
    });
  }

  #isCalm(): boolean {
    const lost = this.#window.part(CALM_MS);
    return lost !== null && lost <= LITTLE_LOST;
  }

  #turn(now: number, shown: boolean): void {
    this.#shown = shown;
    this.#since = now;
    this.#window.clear();
  }
}
