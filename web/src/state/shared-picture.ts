/** The multiview's one picture, of which a guest's tile shows a part: no tile needs a connection of its own. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Motion } from "../client/motion";
import type { MixerView, MultiviewCell } from "../client/types";
import type { Mixing } from "./mixing";

/** What is wrong with a picture that should move. */
export type Lack = "opening" | "still" | "missing";

interface Place {
  cell: MultiviewCell;
  /** When the mixer said so, by `performance.now()`. */
  since: number;
}

const isSame = (a: MultiviewCell, b: MultiviewCell): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

export class SharedPicture {
  /** Where it is played; null while it is not. */
  readonly video = signal<HTMLVideoElement | null>(null);
  readonly motion = signal<Motion>("none");
  /** Whether the server will not send it here: then each guest is to be shown by themselves. */
  readonly isRefused = signal(false);
  /** How many tiles are looked at. */
  readonly wanted = signal(0);
  #lagMs = 0;
  #places: ReadonlyMap<string, Place> = new Map();

  constructor(private readonly mixing: ReadonlySignal<Mixing>) {
    effect(() => this.#lay(mixing.value.mixer));
  }

  /** Have it played until the function that is returned is called. */
  want(): () => void {
    this.wanted.value += 1;
    return () => {
      this.wanted.value -= 1;
    };
  }

  /**
   * Take note of where it is played from now on.
   *
   * @param lagMs By how much the picture may come after what the mixer says of it.
   */
  shows(video: HTMLVideoElement, lagMs: number): () => void {
    this.video.value = video;
    this.#lagMs = lagMs;
    return () => {
      if (this.video.peek() === video) this.video.value = null;
    };
  }

  /** Whether a source has a place in it. */
  has(source: string): boolean {
    if (this.isRefused.value) return false;
    return this.mixing.value.mixer?.multiview.some((cell) => cell.source === source) ?? false;
  }

  /** Where a source is in the newest picture; null while it has no place there, or has just been moved. */
  placeOf(source: string, now: number): MultiviewCell | null {
    const place = this.#places.get(source);
    return place && now - place.since > this.#lagMs ? place.cell : null;
  }

  /** What is wrong with a source's picture, by what the mixer measures of it and the page of the multiview. */
  lackOf(source: string): Lack | null {
    const motion = this.motion.value;
    if (motion === "none") return "opening";
    if (motion !== "moves") return motion;
    const status = this.mixing.value.mixer?.sources.find(({ id }) => id === source);
    if (status?.state === "stalled") return "still";
    return status?.state === "live" && status.has_video ? null : "missing";
  }

  #lay(mixer: MixerView | null): void {
    const before = this.#places;
    const now = before.size === 0 ? Number.NEGATIVE_INFINITY : performance.now();
    this.#places = new Map(
      (mixer?.multiview ?? []).map((cell) => {
        const old = before.get(cell.source);
        return [cell.source, old && isSame(old.cell, cell) ? old : { cell, since: now }];
      }),
    );
  }
}
