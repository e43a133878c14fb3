/** Moments that the server names, by this machine's clock, which may be wrong by hours. */

export class ServerClock {
  /** Milliseconds by which this machine's clock is ahead, and the shortest way that anything took. */
  #ahead = Number.POSITIVE_INFINITY;

  constructor(private readonly now: () => number = Date.now) {}

  /** Something came that the server has just dated. */
  hear(at: string): void {
    this.#ahead = Math.min(this.#ahead, this.now() - Date.parse(at));
  }

  /** A moment of the server's in milliseconds of this machine's clock. */
  here(at: string): number {
    return Date.parse(at) + (Number.isFinite(this.#ahead) ? this.#ahead : 0);
  }
}
