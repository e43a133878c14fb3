/** A guest's whole visit: joining, being connected, hearing from control, sharing a screen, leaving. */

import { computed, effect, signal, untracked } from "@preact/signals";
import { ApiError, guestApi } from "../client/api";
import { Backoff } from "../client/backoff";
import { EventStream } from "../client/events";
import { Lasting, type LinkState, type ServerWord } from "../client/lasting";
import type { EndReason, GuestView, Joined } from "../client/types";
import { WhipSession } from "../client/whip";
import type { Media } from "./media";
import { type Action, type Phase, START, step } from "./page";
import { presetOf } from "./presets";
import { isFinal, wantsNewJoin } from "./refusals";
import { ScreenShare } from "./screen";
import { settings } from "./settings";
import type { Visit } from "./visit";

type GuestEvent =
  | { seq: number; type: "snapshot"; data: { guest: GuestView } }
  | { seq: number; type: "guest"; data: GuestView }
  | { seq: number; type: "ended"; data: { reason: EndReason } };

export class Stage {
  readonly phase = signal<Phase>(START);
  readonly link = signal<LinkState>({ kind: "stopped" });
  readonly eventsUp = signal(false);
  readonly screen: ScreenShare;
  readonly #inside = computed(() => (this.phase.value.kind === "inside" ? this.phase.value : null));
  #publisher: Lasting<WhipSession> | null = null;
  #events: EventStream<GuestEvent> | null = null;
  #reporting = false;

  constructor(
    private readonly media: Media,
    private readonly visit: Visit,
  ) {
    this.screen = new ScreenShare(
      () => this.#target("-screen"),
      (id) => this.#serverWord(id),
    );
    effect(() => {
      const outgoing = this.#outgoing();
      void this.#publisher?.session?.update(outgoing);
    });
    effect(() => this.#report());
    effect(() => this.#remember());
    effect(() => {
      if (this.phase.value.kind !== "inside") untracked(() => this.#disconnect());
    });
  }

  /** Learn what this link is for; a reload of a guest who was inside goes straight back in. */
  async load(): Promise<void> {
    const backoff = new Backoff();
    for (;;) {
      try {
        const info = await guestApi.joinInfo(this.visit.token);
        this.#act({ type: "loaded", info });
        const { inside } = this.visit;
        if (inside?.consent === info.notice_version) await this.join(inside.name, false);
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#act({ type: "load_failed", code: error.code, retryable: error.retryable });
        if (!error.retryable) return;
      }
      await new Promise((resolve) => setTimeout(resolve, backoff.next()));
    }
  }

  /** Go in; `takeover` closes the same link on another device. */
  async join(name: string, takeover: boolean): Promise<void> {
    this.#act({ type: "join" });
    if (this.phase.value.kind !== "joining") return;
    try {
      await this.media.settled();
      const joined = await this.#requestJoin(name, takeover);
      this.media.setSending(true);
      this.#act({ type: "joined", joined });
      this.#connect(joined);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Back from an ending to the form. */
  back(): void {
    this.#act({ type: "back" });
  }

  async leave(): Promise<void> {
    const inside = this.#inside.value;
    if (!inside) return;
    this.#act({ type: "ended", reason: "left" });
    await guestApi.leave(inside.token, inside.guest.id).catch(() => undefined);
  }

  /** The page is being closed or reloaded: only a beacon gets out. */
  unload(): void {
    this.visit.leaving();
    const inside = this.#inside.value;
    if (inside) navigator.sendBeacon(guestApi.leaveBeacon(inside.token, inside.guest.id));
  }

  #act(action: Action): void {
    this.phase.value = step(this.phase.value, action);
  }

  #refuse(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    this.#act({ type: "refused", refusal: { code: error.code, message: error.message } });
  }

  async #requestJoin(name: string, takeover: boolean): Promise<Joined> {
    const phase = this.phase.value;
    const consent = "info" in phase ? phase.info.notice_version : "";
    const { token, instance } = this.visit;
    const joined = await guestApi.join(token, { name, consent, instance, takeover });
    this.visit.keepToken(joined.token);
    return joined;
  }

  #outgoing(): { video: MediaStreamTrack | null; audio: MediaStreamTrack | null; maxBitrate: number } {
    const most = this.#inside.value?.info.max_bitrate ?? Number.POSITIVE_INFINITY;
    return {
      video: this.media.video.value,
      audio: this.media.audio.value,
      maxBitrate: Math.min(presetOf(settings.value.preset).bitrate, most),
    };
  }

  #target(suffix = ""): { endpoint: string; token: string; instance: string; maxBitrate: number } | null {
    const inside = this.#inside.peek();
    if (!inside) return null;
    const { instance } = this.visit;
    return {
      endpoint: inside.endpoint + suffix,
      token: inside.token,
      instance,
      maxBitrate: inside.info.max_bitrate,
    };
  }

  #connect(joined: Joined): void {
    this.#publisher = new Lasting<WhipSession>(
      (signal) => this.#open(signal),
      (state) => this.#linkIs(state),
      isFinal,
    );
    this.#publisher.listenTo((id) => this.#serverWord(id));
    this.#publisher.start();
    this.#events = new EventStream<GuestEvent>({
      url: guestApi.eventsUrl(joined.token, joined.guest.id, this.visit.instance),
      onEvent: (event) => this.#hear(event),
      onUp: (up) => {
        this.eventsUp.value = up;
      },
    });
    this.#events.start();
  }

  #disconnect(): void {
    this.#events?.close();
    this.#events = null;
    this.eventsUp.value = false;
    const publisher = this.#publisher;
    this.#publisher = null;
    void publisher?.stop();
    void this.screen.stop();
    this.media.setSending(false);
  }

  async #open(signal: AbortSignal): Promise<WhipSession> {
    try {
      return await this.#publish(signal);
    } catch (error) {
      if (!(error instanceof ApiError) || !wantsNewJoin(error)) throw error;
      const inside = this.visit.inside;
      const joined = await this.#requestJoin(inside?.name ?? settings.peek().name, false);
      this.#act({ type: "joined", joined });
      return this.#publish(signal);
    }
  }

  #publish(signal: AbortSignal): Promise<WhipSession> {
    const target = this.#target();
    if (!target) throw new DOMException("not inside", "AbortError");
    return WhipSession.open(target, () => this.#outgoing(), signal);
  }

  #linkIs(state: LinkState): void {
    this.link.value = state;
    if (state.kind === "refused") this.#refuse(state.error);
    // Devices may have changed between the offer and its answer.
    if (state.kind === "connected") void this.#publisher?.session?.update(this.#outgoing());
  }

  #hear(event: GuestEvent): void {
    if (event.type === "snapshot") this.#act({ type: "guest", guest: event.data.guest });
    else if (event.type === "guest") this.#act({ type: "guest", guest: event.data });
    else if (event.type === "ended") this.#act({ type: "ended", reason: event.data.reason });
  }

  #serverWord(id: string): ServerWord {
    const found = this.#inside.peek()?.guest.sessions.find((session) => session.id === id);
    if (!found) return "unknown";
    return found.state === "closed" ? "closed" : "open";
  }

  /** Tell control what is switched off, until it says so itself. */
  #report(): void {
    const inside = this.#inside.value;
    const wanted = this.media.report.value;
    if (!inside || this.#reporting) return;
    const { guest, token } = inside;
    if (guest.camera === wanted.camera && guest.mic === wanted.mic) return;
    this.#reporting = true;
    const done = (): void => {
      this.#reporting = false;
    };
    void guestApi.report(token, guest.id, wanted).then(done, done);
  }

  #remember(): void {
    const { kind } = this.phase.value;
    const inside = this.#inside.value;
    const cameraOn = this.media.cameraOn.value;
    const muted = this.media.muted.value;
    if (inside) {
      this.visit.keepInside({
        name: inside.guest.name,
        consent: inside.info.notice_version,
        cameraOn,
        muted,
      });
    } else if (kind === "ended" || kind === "refused") {
      this.visit.keepInside(null);
    }
  }
}
