/** The operator's page: its events, its commands, and whether it may be here at all. */

import { signal } from "@preact/signals";
import { deskApi } from "../client/api";
import { EventStream } from "../client/events";
import type { DeskEvent } from "../client/types";
import { Commands } from "./commands";
import { type Desk, heard } from "./desk";

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
    },
    onRefused: () => {
      this.locked.value = true;
    },
  });

  start(): void {
    this.#events.start();
  }
}
