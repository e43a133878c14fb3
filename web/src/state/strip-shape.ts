/** What a strip does to a source's sound itself, under the operator's hand. */

import { Newest } from "../client/newest";
import type { StripChange, StripView } from "../client/types";
import { Attempt } from "./attempt";

/** The lowest threshold of a gate, at which it is off. */
export const GATE_OFF_DB = -80;

/** Whether something may turn it down. */
export const isShaped = ({ gate_db, compressor }: StripView): boolean =>
  gate_db > GATE_OFF_DB || compressor.ratio > 1;

/** Both changes as one; of the same field the later. */
export function merged(earlier: StripChange, later: StripChange): StripChange {
  const compressor = { ...earlier.compressor, ...later.compressor };
  return { ...earlier, ...later, ...(Object.keys(compressor).length > 0 ? { compressor } : {}) };
}

/** Sends one change at a time; what is set meanwhile goes together in the next. */
export class StripShape {
  /** Why the last one was refused. */
  readonly attempt = new Attempt();
  #waiting: StripChange = {};
  readonly #newest = new Newest<StripChange>((change) => {
    this.#waiting = {};
    return this.attempt.run(() => this.send(change));
  });

  constructor(private readonly send: (change: StripChange) => Promise<unknown>) {}

  set(change: StripChange): void {
    this.#waiting = merged(this.#waiting, change);
    this.#newest.put(this.#waiting);
  }
}
