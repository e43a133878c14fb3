/** A guest's whole visit: joining, being connected, hearing from control, sharing a screen, leaving. */

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { Backoff, sleep } from "../client/backoff";
import { systemOf } from "../client/system";
import type { GuestStreamEvent, Joined, StudioView } from "../client/types";
import { askBeforeUnload } from "../client/unload";
import { Backstage } from "./backstage";
import { Build } from "./build";
import { ask, type HowToJoin, learn, remember } from "./entrance";
import { Farewell } from "./farewell";
import { GuestNews } from "./guest-news";
import { isOnAir } from "./light";
import { Line } from "./line";
import type { Media } from "./media";
import { ownDevices } from "./own-devices";
import { OwnReadiness } from "./own-readiness";
import { OwnSending } from "./own-sending";
import { type Action, type Phase, type Refusal, START, step } from "./page";
import { hasPassed } from "./passed";
import { isFinal, refusalOf } from "./refusals";
import { reportOwnSide } from "./reporter";
import { ScreenShare } from "./screen";
import { settings } from "./settings";
import { onScreen } from "./shown";
import type { Visit } from "./visit";
import { ServerWords } from "./words";

export class Stage {
  readonly phase = signal<Phase>(START);
  readonly line: Line;
  readonly #news: GuestNews;
  /** What the studio does, as control last said; nothing while there is no news. */
  readonly studio: ReadonlySignal<StudioView>;
  readonly eventsUp: ReadonlySignal<boolean>;
  /** On the way in from the checks, and why the last try failed; null while nobody wants in. */
  readonly entering = signal<{ problem: Refusal | null } | null>(null);
  readonly screen: ScreenShare;
  readonly backstage: Backstage;
  readonly readiness: OwnReadiness;
  readonly #words = new ServerWords();
  readonly #farewell = new Farewell();
  /** Seen or heard in program, as control last said. */
  readonly onAir = computed(() => {
    const phase = this.phase.value;
    return phase.kind === "inside" && this.eventsUp.value && isOnAir(phase.guest);
  });
  readonly #inside = computed(() => (this.phase.value.kind === "inside" ? this.phase.value : null));
  #pause = new Backoff();
  #visiting = new AbortController();

  constructor(
    private readonly media: Media,
    private readonly visit: Visit,
    readonly build = new Build(),
  ) {
    this.#news = new GuestNews(
      visit,
      (event) => this.#hear(event),
      () => void this.#joinAgain(),
    );
    this.studio = this.#news.studio;
    this.eventsUp = this.#news.up;
    const sending = new OwnSending(media, visit, this.#inside);
    this.screen = new ScreenShare(
      () => sending.target("-screen"),
      (id) => this.#words.of(id),
      (session, signal) => sending.tell(session, signal),
    );
    this.line = new Line({
      target: () => sending.target(),
      outgoing: () => sending.outgoing(),
      serverWord: (id) => this.#words.of(id),
      requestPlace: () => this.#requestPlace(),
      onOpen: (session, signal) => sending.tell(session, signal),
      onRefused: (error) => this.#refuse(error),
    });
    this.backstage = new Backstage(media, visit, this.#inside, this.line.low);
    this.readiness = new OwnReadiness(
      media,
      this.line,
      systemOf(navigator.userAgent, navigator.maxTouchPoints),
    );
    reportOwnSide(
      this.#inside,
      media.report,
      computed(() => ({
        devices: ownDevices(media),
        readiness: this.readiness.value.value,
        on_screen: onScreen(this.backstage.commands.shown.value),
      })),
    );
    effect(() => remember(this.visit, this.phase.value, this.media));
    effect(() => askBeforeUnload(this.onAir.value));
    effect(() => {
      if (this.phase.value.kind !== "inside") untracked(() => this.#disconnect());
    });
  }

  /** Learn what this link is for; a reload of a guest who was inside goes straight back in. */
  async load(): Promise<void> {
    const info = await learn(this.visit, (error) =>
      this.#act({ type: "load_failed", ...refusalOf(error), retryable: error.retryable }),
    );
    if (!info) return;
    this.#act({ type: "loaded", info });
    const { inside } = this.visit;
    if (inside?.consent === info.notice_version) await this.join(inside.name, { checks: inside.checking });
  }

  /** Whether the checks are proposed: not to those who have just passed, nor by a link that leaves them out. */
  get wantsChecks(): boolean {
    return !this.visit.skipsChecks && !hasPassed(this.media);
  }

  /** Go in, or with `checks` only send at first; `takeover` closes the same link on another device. */
  async join(name: string, how: HowToJoin = {}): Promise<void> {
    this.#act({ type: "join" });
    if (this.phase.value.kind !== "joining") return;
    this.#farewell.stop();
    this.visit.begin();
    try {
      await this.media.settled();
      const joined = await this.#requestJoin(name, how);
      this.media.setSending(true);
      this.#act({ type: "joined", joined });
      this.line.start();
      this.#news.listen(joined);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** From the checks to where the link leads, by the same session; only a final refusal leads out of them. */
  async enter(): Promise<void> {
    if (this.entering.peek() !== null || !this.#isChecking) return;
    this.entering.value = { problem: null };
    const { signal } = this.#visiting;
    const pause = new Backoff();
    while (!signal.aborted && this.#isChecking && !(await this.#entered(signal)))
      await sleep(pause.next(), signal).catch(() => undefined);
    if (!signal.aborted) this.entering.value = null;
  }

  /** Back from an ending to the form; between two visits an old page becomes the new one. */
  back(): void {
    if (this.build.isOld.peek()) this.build.reload();
    else this.#act({ type: "back" });
  }

  async leave(): Promise<void> {
    const inside = this.#inside.value;
    if (!inside) return;
    await this.#farewell.say(inside, this.visit);
    this.#act({ type: "ended", reason: "left" });
  }

  /** The page is being closed or reloaded: only a beacon gets out. */
  unload(): void {
    this.visit.leaving();
    this.#farewell.unload(this.#inside.value, this.visit);
  }

  get #isChecking(): boolean {
    return this.#inside.peek()?.guest.state === "checking";
  }

  /** One try; false where it may be tried again. */
  async #entered(signal: AbortSignal): Promise<boolean> {
    try {
      const joined = await this.#requestJoin(this.#inside.peek()?.guest.name ?? "", {});
      if (!signal.aborted) this.#act({ type: "joined", joined });
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      const failure = error instanceof ApiError ? error : unexpected(error);
      if (isFinal(failure)) this.#refuse(failure);
      else this.entering.value = { problem: refusalOf(failure) };
      return isFinal(failure);
    }
  }

  #act(action: Action): void {
    this.phase.value = step(this.phase.value, action);
  }

  #refuse(error: unknown): void {
    const refusal = refusalOf(error instanceof ApiError ? error : unexpected(error));
    this.#act({ type: "refused", refusal });
  }

  #requestJoin(name: string, how: HowToJoin): Promise<Joined> {
    const phase = this.phase.value;
    return ask(this.visit, name, "info" in phase ? phase.info.notice_version : "", how);
  }

  #disconnect(): void {
    this.#visiting.abort();
    this.#visiting = new AbortController();
    this.entering.value = null;
    this.#news.stop();
    this.line.stop();
    void this.screen.stop(true);
    this.media.setSending(false);
  }

  /** Control knows nothing of this visit any more: ask for a place again, as the same person. */
  async #requestPlace(): Promise<void> {
    const name = this.visit.inside?.name ?? settings.peek().name;
    const joined = await this.#requestJoin(name, { checks: this.#isChecking });
    const before = this.#inside.peek()?.guest.id;
    this.#act({ type: "joined", joined });
    if (before && before !== joined.guest.id) this.#news.listen(joined);
  }

  async #joinAgain(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, this.#pause.next()));
      const inside = this.#inside.peek();
      if (!inside) return;
      try {
        await this.#requestPlace();
        if (this.#inside.peek()?.guest.id === inside.guest.id) this.#news.listen(inside);
        return;
      } catch (error) {
        const failure = error instanceof ApiError ? error : unexpected(error);
        if (isFinal(failure)) this.#refuse(failure);
      }
    }
  }

  #hear(event: GuestStreamEvent): void {
    if (event.type === "ended") {
      this.#act({ type: "ended", reason: event.data.reason });
      return;
    }
    this.backstage.hear(event);
    if (event.type === "snapshot") this.build.hear(event.data.build);
    // A newer control may tell more than this page knows of.
    if (event.type !== "snapshot" && event.type !== "guest") return;
    const guest = event.type === "snapshot" ? event.data.guest : event.data;
    this.#words.hear(guest);
    this.#act({ type: "guest", guest });
  }
}
