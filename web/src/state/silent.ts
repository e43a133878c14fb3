/** Whether a microphone gives anything: a guest's own, or the operator's. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { Meter } from "../client/sound";
import { moves } from "./checks";

const EVERY_MS = 250;
/** Even a quiet room makes some noise: nothing at all for so long is a switch, or a broken device. */
const SILENT_MS = 10_000;
const LEVELS_KEPT = SILENT_MS / EVERY_MS;

/** Whether the microphone gives nothing at all, not even noise. */
export class Silent {
  readonly value = signal(false);
  /** Somebody has spoken into it, as its level tells. */
  readonly spoke = signal(false);

  /**
   * @param track What is listened to; nothing while that is null.
   * @param after How long nothing has to come, milliseconds.
   */
  constructor(
    private readonly track: ReadonlySignal<MediaStreamTrack | null>,
    private readonly after = SILENT_MS,
  ) {}

  /** @returns Ends it. */
  start(): () => void {
    return effect(() => {
      const { value } = this.track;
      this.value.value = false;
      this.spoke.value = false;
      return value ? this.#listen(value) : undefined;
    });
  }

  #listen(track: MediaStreamTrack): () => void {
    const meter = new Meter(track);
    let heard = performance.now();
    let levels: number[] = [];
    const timer = setInterval(() => {
      const level = meter.level();
      if (level > 0 || !meter.awake) heard = performance.now();
      levels = [...levels, level].slice(-LEVELS_KEPT);
      if (moves(levels)) this.spoke.value = true;
      this.value.value = performance.now() - heard > this.after;
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      meter.close();
    };
  }
}
