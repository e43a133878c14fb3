/** What control tells a guest's page while the guest is inside. */

import { signal } from "@preact/signals";
import { guestApi } from "../client/api";
import { EventStream } from "../client/events";
import { anyAnswer } from "../client/still-here";
import type { GuestStreamEvent, Joined, StudioView } from "../client/types";
import type { Visit } from "./visit";

const QUIET: StudioView = { recording: false, live: false, speaks: false };

export class GuestNews {
  readonly up = signal(false);
  /** What the studio does, as control last said; nothing while there is no news. */
  readonly studio = signal<StudioView>(QUIET);
  #events: EventStream<GuestStreamEvent> | null = null;

  /**
   * @param onEvent Told what control says.
   * @param onRefused Control knows nothing of this guest any more.
   */
  constructor(
    private readonly visit: Visit,
    private readonly onEvent: (event: GuestStreamEvent) => void,
    private readonly onRefused: () => void,
  ) {}

  /** Listen as a guest, and as no other any more. */
  listen({ token, guest }: Pick<Joined, "token" | "guest">): void {
    this.#events?.close();
    this.#events = new EventStream<GuestStreamEvent>({
      url: guestApi.eventsUrl(token, guest.id, this.visit.instance),
      ask: guestApi.news(token, guest.id, this.visit.instance),
      probe: anyAnswer,
      onEvent: (event) => this.#hear(event),
      onUp: (up) => {
        this.up.value = up;
        if (!up) this.studio.value = QUIET;
      },
      onRefused: this.onRefused,
    });
    this.#events.start();
  }

  stop(): void {
    this.#events?.close();
    this.#events = null;
    this.up.value = false;
    this.studio.value = QUIET;
  }

  #hear(event: GuestStreamEvent): void {
    if (event.type === "studio") this.studio.value = event.data;
    if (event.type === "snapshot") this.studio.value = event.data.studio;
    this.onEvent(event);
  }
}
