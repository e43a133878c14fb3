/** For values that come faster than they are answered, such as a fader's. */

/** Sends one at a time; of those that come meanwhile only the newest. */
export class Newest<T> {
  #next: { value: T } | null = null;
  #busy = false;

  /** @param send Sends one value, and never fails. */
  constructor(private readonly send: (value: T) => Promise<unknown>) {}

  put(value: T): void {
    this.#next = { value };
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#next) {
        const { value } = this.#next;
        this.#next = null;
        await this.send(value);
      }
    } finally {
      this.#busy = false;
    }
  }
}
