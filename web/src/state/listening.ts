/** What the operator listens to: program, or sources before their faders; nothing on air changes by it. */

import { batch, signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { mixerApi } from "../client/mixer";
import { PAGE_NAME } from "./page-name";
import { Viewer } from "./viewer";

/** In place of a source. */
export const PROGRAM = "program";
/** How long whoever was spoken to is heard after the button was let go. */
export const ANSWER_MS = 5000;

export class Listening {
  /** `program`, or a source; null while nothing is listened to. */
  readonly to = signal<string | null>(null);
  /** Whose answer is heard, as nothing else is listened to. */
  readonly answers = signal<readonly string[]>([]);
  readonly viewer = signal<Viewer | null>(null);
  #ends: ReturnType<typeof setTimeout> | undefined;

  /** Listen to this alone, or stop where it is listened to already. */
  toggle(what: string): void {
    const to = this.to.peek() === what ? null : what;
    this.#hear(to, [], to === null || to === PROGRAM ? [] : [to]);
  }

  /** Hear those who are spoken to, so that they can answer; whatever else is listened to has them as well. */
  answer(sources: readonly string[]): void {
    clearTimeout(this.#ends);
    if (this.to.peek() !== null || sources.length === 0) return;
    if (sources.join() !== this.answers.peek().join()) this.#hear(null, sources, sources);
  }

  /** Nobody is spoken to any more: what they answer is heard a little longer. */
  answered(): void {
    clearTimeout(this.#ends);
    if (this.answers.peek().length > 0) this.#ends = setTimeout(() => this.#hear(null, [], []), ANSWER_MS);
  }

  /** Say once more what is listened to: control forgets it when it begins anew, and the connection may stay. */
  async again(): Promise<void> {
    const to = this.to.peek();
    if (!this.viewer.peek()) return;
    try {
      await mixerApi.monitor(PAGE_NAME, to === null ? this.answers.peek() : to === PROGRAM ? [] : [to]);
    } catch (error) {
      // Where control is away again, it is said again once it is back.
      if (!(error instanceof ApiError)) unexpected(error);
    }
  }

  #hear(to: string | null, answers: readonly string[], listen: readonly string[]): void {
    clearTimeout(this.#ends);
    this.viewer.peek()?.stop();
    batch(() => {
      this.to.value = to;
      this.answers.value = answers;
      this.viewer.value = to === null && answers.length === 0 ? null : open(listen);
    });
  }
}

function open(listen: readonly string[]): Viewer {
  // Asked before each opening: control forgets monitors when it begins anew.
  const viewer = new Viewer({ path: `monitor-${PAGE_NAME}`, picture: false }, (signal) =>
    mixerApi.monitor(PAGE_NAME, listen, signal),
  );
  viewer.start();
  return viewer;
}
