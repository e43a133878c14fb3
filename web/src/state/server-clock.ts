/** Moments that the server names, by this machine's clock, which may be wrong by hours. */

import type { DeskEvent, IncidentView } from "../client/types";

/** When control has made an event, where it says so: of what it tells at once, and not of what it tells again. */
export function madeAt(event: DeskEvent, known: readonly IncidentView[]): string | null {
  if (event.type === "chat") return event.data.at;
  if (event.type === "command") return event.data.state === "sent" ? event.data.at : null;
  if (event.type !== "incident") return null;
  const { id, since, ended } = event.data;
  return ended ?? (known.some((each) => each.id === id) ? null : since);
}

export class ServerClock {
  /** Milliseconds by which this machine's clock is ahead, and the shortest way that anything took. */
  #ahead = Number.POSITIVE_INFINITY;

  constructor(private readonly now: () => number = Date.now) {}

  /** Something came that the server has just dated. */
  hear(at: string): void {
    this.#ahead = Math.min(this.#ahead, this.now() - Date.parse(at));
  }

  /** The server's own time now, in milliseconds. */
  get time(): number {
    return this.now() - (Number.isFinite(this.#ahead) ? this.#ahead : 0);
  }

  /** A moment of the server's in milliseconds of this machine's clock. */
  here(at: string): number {
    return Date.parse(at) + (Number.isFinite(this.#ahead) ? this.#ahead : 0);
  }
}
