/** Asking how loud everything is, where no stream of events brings it. */

import { ApiError, unexpected } from "../client/api";
import type { Meters } from "../client/types";
import type { Levels } from "./levels";

/** As often as an eye wants it, and a server can bear. */
const EVERY_MS = 250;
/** After a question that failed. */
const PAUSE_MS = 2000;

export class LevelAsking {
  #isAsking = false;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /**
   * @param ask Asks once.
   * @param isWanted Whether there is a mixer whose sound somebody looks at.
   */
  constructor(
    private readonly levels: Levels,
    private readonly ask: () => Promise<Meters>,
    private readonly isWanted: () => boolean,
  ) {}

  /** @returns Ends it. */
  start(): () => void {
    const timer = setInterval(() => void this.#look(), EVERY_MS);
    return () => clearInterval(timer);
  }

  async #look(): Promise<void> {
    const isPaused = performance.now() < this.#pausedUntil;
    if (this.#isAsking || isPaused || this.levels.areStreamed || !this.isWanted()) return;
    this.#isAsking = true;
    try {
      this.levels.answered(await this.ask());
    } catch (error) {
      if (!(error instanceof ApiError)) unexpected(error);
      this.#pausedUntil = performance.now() + PAUSE_MS;
    } finally {
      this.#isAsking = false;
    }
  }
}
