/** The operator's page: its events, its commands, and whether it may be here at all. */

import { effect, signal } from "@preact/signals";
import { ApiError, deskApi, unexpected } from "../client/api";
import { EventStream } from "../client/events";
import type { CostView, DeskEvent } from "../client/types";
import { Commands } from "./commands";
import { type Desk, heard } from "./desk";

const COST_EVERY_MS = 30_000;
const LATE_MS = 6000;

export class Operator {
  readonly desk = signal<Desk | null>(null);
  readonly eventsUp = signal(false);
  /** Nothing has come for so long that one should be told. */
  readonly late = signal(false);
  readonly locked = signal(false);
  /** What Cloudflare has cost; null where nobody can come by it, or nothing is known yet. */
  readonly cost = signal<CostView | null>(null);
  readonly commands = new Commands();
  readonly #events = new EventStream<DeskEvent>({
    url: deskApi.eventsUrl(),
    ask: deskApi.news,
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
    setTimeout(() => {
      this.late.value = true;
    }, LATE_MS);
    let timer: ReturnType<typeof setInterval> | undefined;
    effect(() => {
      const counts = this.desk.value?.carriers.includes("cloudflare") ?? false;
      if (counts && timer === undefined) {
        void this.#count();
        timer = setInterval(() => void this.#count(), COST_EVERY_MS);
      } else if (!counts) {
        clearInterval(timer);
        timer = undefined;
        this.cost.value = null;
      }
    });
  }

  /** Ask what it has cost; an answer that does not come changes nothing. */
  async #count(): Promise<void> {
    try {
      this.cost.value = await deskApi.cost();
    } catch (error) {
      if (!(error instanceof ApiError)) unexpected(error);
    }
  }
}
