/** What control says of a guest's sessions, also of those that it named closed and names no more. */

import type { ServerWord } from "../client/lasting";
import type { GuestView } from "../client/types";

const REMEMBERED = 32;

export class ServerWords {
  #open: ReadonlySet<string> = new Set();
  #closed: readonly string[] = [];

  /** Take what control says of the guest; a closed session is shown once, so it must be remembered. */
  hear({ sessions }: GuestView): void {
    const closed = sessions.filter(({ state }) => state === "closed").map(({ id }) => id);
    const fresh = closed.filter((id) => !this.#closed.includes(id));
    this.#closed = [...this.#closed, ...fresh].slice(-REMEMBERED);
    this.#open = new Set(sessions.map(({ id }) => id));
  }

  of(id: string): ServerWord {
    if (this.#closed.includes(id)) return "closed";
    return this.#open.has(id) ? "open" : "unknown";
  }
}
