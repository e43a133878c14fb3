/** Growing pauses between tries: from 0.2 s, half as much again each time, up to 5 s; each shortened by up to a fifth by chance. */
export class Backoff {
  #next: number;

  constructor(
    private readonly first = 200,
    private readonly longest = 5000,
    private readonly random: () => number = Math.random,
  ) {
    this.#next = first;
  }

  /** The next pause, milliseconds; no longer than `longest` says for this once. */
  next(longest = this.longest): number {
    const pause = Math.min(this.#next, longest);
    this.#next = Math.min(pause * 1.5, this.longest);
    return Math.round(pause * (1 - 0.2 * this.random()));
  }

  /** Start small again: something worked. */
  reset(): void {
    this.#next = this.first;
  }
}

/** Wait, or reject as soon as the signal aborts. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
