/** Whether a server that says nothing is still there: where a network is gone, neither side of a connection is told. */

import { sleep } from "./backoff";
import { within } from "./deadline";

/** While somebody is live there is something every second. */
const QUIET_MS = 5000;
const ANSWER_MS = 5000;
/** A browser fails what runs when any network of its machine comes or goes, and before one is back after sleep. */
const AGAIN_MS = 1000;

export type Probe = (signal: AbortSignal) => Promise<unknown>;

/** Whatever it answers, it has come through; where a redirect leads to is no matter. */
export const anyAnswer: Probe = (signal) =>
  fetch("/healthz", { cache: "no-store", redirect: "manual", signal });

export class StillHere {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | null = null;

  /**
   * @param probe Fails where the server cannot be reached.
   * @param onGone Told once: nothing was said for long, and the server does not answer either.
   */
  constructor(
    private readonly probe: Probe,
    private readonly onGone: () => void,
  ) {}

  /** Something was said, which is proof for a while. */
  heard(): void {
    this.stop();
    this.#timer = setTimeout(() => void this.#ask(), QUIET_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
  }

  async #ask(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    const isThere = await within(ANSWER_MS, signal, (inTime) => this.#reach(inTime)).then(
      () => true,
      () => false,
    );
    if (signal.aborted) return;
    if (isThere) this.heard();
    else this.onGone();
  }

  async #reach(signal: AbortSignal): Promise<void> {
    try {
      await this.probe(signal);
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(AGAIN_MS, signal);
      await this.probe(signal);
    }
  }
}
