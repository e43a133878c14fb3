/** A guest's return, kept up: another session takes over only once it is there, so that the sound goes on. */

import { effect, signal } from "@preact/signals";
import { countedOf } from "../client/loss";
import { PictureRule } from "./picture-rule";
import { Viewer, type Wanted } from "./viewer";

const TICK_MS = 500;

export class StudioReturn {
  /** What is seen and heard. */
  readonly viewer = signal<Viewer | null>(null);
  /** The line is too bad for a picture: the sound comes alone, and the picture again by itself. */
  readonly soundFirst = signal(false);
  readonly #rule = new PictureRule();
  #next: Viewer | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isStopped = false;
  #drop = (): void => undefined;

  constructor(private readonly wanted: Wanted) {}

  start(): void {
    this.viewer.value = new Viewer(this.wanted);
    this.viewer.value.start();
    if (this.wanted.picture !== false) this.#timer = setInterval(() => void this.#look(), TICK_MS);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#giveUp();
    this.viewer.peek()?.stop();
  }

  async #look(): Promise<void> {
    const counted = await this.#counted();
    if (this.#isStopped) return;
    const before = this.#rule.shown;
    this.#rule.take(performance.now(), counted);
    const shown = this.#rule.shown;
    if (shown === before) return;
    if (!shown) this.soundFirst.value = true;
    this.#open({ ...this.wanted, picture: shown });
  }

  /** What is counted of the session in use; null while another one is to take over. */
  async #counted(): ReturnType<typeof countedOf> {
    const peer = this.#next ? null : this.viewer.peek()?.peer;
    if (!peer) return null;
    try {
      return await countedOf(peer, this.#rule.shown ? "video" : "audio");
    } catch {
      // It was closed meanwhile.
      return null;
    }
  }

  #open(wanted: Wanted): void {
    this.#giveUp();
    const next = new Viewer(wanted);
    this.#next = next;
    next.start();
    this.#drop = effect(() => {
      if (next.link.value.kind === "connected") queueMicrotask(() => this.#takeOver(next));
    });
  }

  #takeOver(next: Viewer): void {
    if (this.#next !== next) return;
    this.#drop();
    this.#next = null;
    const old = this.viewer.peek();
    this.viewer.value = next;
    this.soundFirst.value = !this.#rule.shown;
    old?.stop();
  }

  #giveUp(): void {
    this.#drop();
    this.#next?.stop();
    this.#next = null;
  }
}
