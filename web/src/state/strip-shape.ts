/** What a strip does to a source's sound itself, under the operator's hand. */

import type { StripChange, StripView } from "../client/types";
import { Attempt } from "./attempt";

/** The lowest threshold of a gate, at which it is off. */
export const GATE_OFF_DB = -80;

/** Whether something may turn it down. */
export const isShaped = ({ gate_db, compressor }: StripView): boolean =>
  gate_db > GATE_OFF_DB || compressor.ratio > 1;

/** The field that a change is of; a compressor has three. */
const fieldOf = ({ compressor, ...others }: StripChange): string =>
  [...Object.keys(others), ...Object.keys(compressor ?? {})].join();

/** Sends one field at a time, of each what was set last, so that what is refused takes nothing else along. */
export class StripShape {
  /** Why the last one was refused. */
  readonly attempt = new Attempt();
  readonly #waiting = new Map<string, StripChange>();

  constructor(private readonly send: (change: StripChange) => Promise<unknown>) {}

  /** Have one field another value. */
  set(change: StripChange): void {
    this.#waiting.set(fieldOf(change), change);
    if (!this.attempt.busy.peek()) void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    for (const [field, change] of this.#waiting) {
      this.#waiting.delete(field);
      await this.attempt.run(() => this.send(change));
    }
  }
}
