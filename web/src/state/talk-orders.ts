/** Tells control who is spoken to, until it has heard: above all that nobody is any more. */

import { signal } from "@preact/signals";
import { ApiError } from "../client/api";
import { Newest } from "../client/newest";
import { type Addressee, holdTalkback } from "../client/talkback";
import { mixerTexts } from "../texts.mixer";
import type { Commands } from "./commands";
import { PAGE_NAME } from "./page-name";

/** While a hold lasts, guests hear the studio more quietly, and read that somebody speaks to them. */
const AGAIN_MS = 1000;
const AGAIN_MOST_MS = 5000;
/** A hold that was given up arrives this late at most. */
const LATE_MS = 10_000;

export class TalkOrders {
  /** Who hears the operator, as control has confirmed it. */
  readonly hearing = signal<Addressee | null>(null);
  #wanted: Addressee | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How many have failed, one after the other. */
  #failures = 0;
  /** A hold was given up, of which nobody knows whether it arrived. */
  #isDoubtful = false;
  readonly #orders = new Newest<Addressee | null>((to) => this.#order(to));

  constructor(private readonly commands: Commands) {}

  /** Have somebody spoken to, or nobody. */
  want(to: Addressee | null): void {
    if (to === this.#wanted) return;
    this.#wanted = to;
    this.#orders.put(to);
  }

  /** Say once more who is spoken to: control forgets it when it begins anew. */
  again(): void {
    if (this.#wanted === null) return;
    this.hearing.value = null;
    this.#orders.put(this.#wanted);
  }

  async #order(to: Addressee | null): Promise<void> {
    clearTimeout(this.#timer);
    const done = await this.commands.run("talkback", mixerTexts.talk.failed, () => this.#hold(to));
    this.hearing.value = done ? to : null;
  }

  /** Have control do it, and try again while it cannot be reached; that is said once. */
  async #hold(to: Addressee | null): Promise<boolean> {
    try {
      await holdTalkback(PAGE_NAME, to);
    } catch (error) {
      this.#failures += 1;
      this.#isDoubtful ||= to !== null;
      if (error instanceof ApiError && error.retryable)
        this.#repeat(to, Math.min(AGAIN_MS * this.#failures, AGAIN_MOST_MS));
      if (this.#failures === 1) throw error;
      return false;
    }
    this.#failures = 0;
    if (to !== null) return true;
    // What was given up may arrive all the same, and after this.
    if (this.#isDoubtful) this.#repeat(to, LATE_MS);
    this.#isDoubtful = false;
    return true;
  }

  #repeat(to: Addressee | null, after: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#wanted === to) this.#orders.put(to);
    }, after);
  }
}
