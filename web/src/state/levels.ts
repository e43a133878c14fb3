/** How loud everything is: ten times a second, so nothing that is drawn from it is part of the component tree. */

import type { Meters } from "../client/types";

/** Older than this it says nothing of now. */
const OLD_MS = 700;
/** The same of what was asked for: the answer has a way of its own, to and fro. */
const ANSWER_OLD_MS = 1500;
const FLOOR_DB = -60;

/** Place of a level between -60 dBFS (0) and full scale (1). */
export const placeOf = (db: number): number => Math.min(1, Math.max(0, 1 - db / FLOOR_DB));

export class Levels {
  #meters: Meters = {};
  #old = Number.NEGATIVE_INFINITY;
  #streamed = Number.NEGATIVE_INFINITY;

  /** Take what a stream of events has brought. */
  take(meters: Meters): void {
    this.#streamed = performance.now() + OLD_MS;
    this.#meters = meters;
    this.#old = this.#streamed;
  }

  /** Take what was asked for. */
  answered(meters: Meters): void {
    if (Object.keys(meters).length === 0) return;
    this.#meters = meters;
    this.#old = performance.now() + ANSWER_OLD_MS;
  }

  /** Whether a stream brings them. */
  get areStreamed(): boolean {
    return performance.now() < this.#streamed;
  }

  /** Whether what is known is too old to be shown: then nothing is, not even silence. */
  get areOld(): boolean {
    return performance.now() >= this.#old;
  }

  /** The newest peak of both sides in dBFS; silence where nothing is known. */
  peaksOf(source: string): readonly [number, number] {
    const peak = this.#fresh(source)?.peak ?? [];
    const left = peak[0] ?? Number.NEGATIVE_INFINITY;
    return [left, peak[1] ?? left];
  }

  /** By how many dB gate and compressor turn a source down; 0 where nothing is known. */
  reductionOf(source: string): number {
    return this.#fresh(source)?.reduced_db ?? 0;
  }

  /** Program's momentary loudness; null where nothing is known. */
  loudness(): number | null {
    return this.#fresh("program")?.lufs ?? null;
  }

  #fresh(source: string): Meters[string] | undefined {
    return this.areOld ? undefined : this.#meters[source];
  }
}
