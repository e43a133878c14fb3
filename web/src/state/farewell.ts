/** Leaving: over at once for the guest, and told to control until it has heard. */

import { ApiError, guestApi, type PageVisit } from "../client/api";
import { Backoff, sleep } from "../client/backoff";
import { within } from "../client/deadline";
import type { Inside } from "./page";

/** How long a guest who leaves waits for control to know before the page hangs up all the same. */
const WAIT_MS = 700;
/** On a bad line a new connection alone takes a second or two. */
const ANSWER_MS = 5000;
/** A control that begins anew is there again by then. */
const TELL_MS = 30_000;

export class Farewell {
  #telling = new AbortController();
  /** Who has left, as long as control has not said that it knows. */
  #untold: { inside: Inside; page: PageVisit } | null = null;

  /** Tell it; done once it was heard, or not at first: then it is told on. */
  async say(inside: Inside, { instance, visit }: PageVisit): Promise<void> {
    this.stop();
    this.#telling = new AbortController();
    const page = { instance, visit };
    this.#untold = { inside, page };
    await new Promise<void>((resolve) => {
      setTimeout(resolve, WAIT_MS);
      void this.#tell(inside, page, this.#telling.signal, resolve);
    });
  }

  /** Tell it no more: who wants in again would be put out by it. */
  stop(): void {
    this.#telling.abort();
  }

  /** The page is being closed or loaded anew: only a beacon gets out. */
  unload(inside: Inside | null, page: PageVisit): void {
    const leaving = inside ? { inside, page } : this.#untold;
    if (!leaving) return;
    const { token, guest } = leaving.inside;
    navigator.sendBeacon(guestApi.leaveBeacon(token, guest.id, leaving.page));
  }

  async #tell(
    { token, guest }: Inside,
    page: PageVisit,
    signal: AbortSignal,
    onTried: () => void,
  ): Promise<void> {
    const end = performance.now() + TELL_MS;
    const pause = new Backoff();
    while (this.#untold && !signal.aborted && performance.now() < end) {
      try {
        await within(ANSWER_MS, signal, (limit) => guestApi.leave(token, guest.id, page, limit));
        this.#untold = null;
      } catch (error) {
        // Control has answered that there is nobody who could leave.
        if (error instanceof ApiError && !error.retryable) this.#untold = null;
      }
      onTried();
      await sleep(pause.next(), signal).catch(() => undefined);
    }
  }
}
