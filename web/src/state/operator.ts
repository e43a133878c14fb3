/** The operator's page: its events, its commands, and whether it may be here at all. */

import { signal } from "@preact/signals";
import { ApiError, deskApi } from "../client/api";
import { EventStream } from "../client/events";
import { Commands } from "./commands";
import { type Desk, type DeskEvent, heard } from "./desk";

export class Operator {
  readonly desk = signal<Desk | null>(null);
  readonly eventsUp = signal(false);
  readonly locked = signal(false);
  readonly commands = new Commands();
  readonly #events = new EventStream<DeskEvent>({
    url: deskApi.eventsUrl(),
    onEvent: (event) => {
      this.desk.value = heard(this.desk.value, event);
    },
    onUp: (up) => {
      this.eventsUp.value = up;
      if (!up) void this.#mayBeHere();
    },
  });

  async start(): Promise<void> {
    await this.#mayBeHere();
    if (!this.locked.value) this.#events.start();
  }

  /** A socket that is refused does not say why: ask by HTTP. */
  async #mayBeHere(): Promise<void> {
    try {
      await deskApi.guests();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 401 && error.status !== 403) return;
      this.locked.value = true;
      this.#events.close();
    }
  }
}
