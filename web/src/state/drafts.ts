/** What is written to each thread of the chat and not sent yet, and why it did not get out. */

import { signal } from "@preact/signals";

/** Threads with something written; the one that was written to first goes. */
const MOST = 100;

/** By thread; what is empty is not kept. */
type ByThread<T> = ReadonlyMap<string, T>;

export function put<T>(all: ByThread<T>, thread: string, value: T | null): ByThread<T> {
  const rest = [...all].filter(([each]) => each !== thread);
  return new Map(value ? [...rest.slice(1 - MOST), [thread, value]] : rest);
}

export class Drafts {
  readonly #texts = signal<ByThread<string>>(new Map());

  of(thread: string): string {
    return this.#texts.value.get(thread) ?? "";
  }

  /** Whether nothing waits to be sent. */
  get isEmpty(): boolean {
    return this.#texts.value.size === 0;
  }

  write(thread: string, text: string): void {
    this.#texts.value = put(this.#texts.peek(), thread, text);
  }

  /** What was written has got out: it goes, unless something else stands there by now. */
  sent(thread: string, text: string): void {
    if (this.#texts.peek().get(thread) === text) this.write(thread, "");
  }

  clear(): void {
    this.#texts.value = new Map();
  }
}
