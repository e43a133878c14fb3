/** Speaking to guests while a button is held; the audience never hears it. */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { ApiError } from "../client/api";
import { Lasting, type LinkState } from "../client/lasting";
import type { RtcSession } from "../client/session";
import { type Addressee, ALL, publishVoice } from "../client/talkback";
import { mixerTexts } from "../texts.mixer";
import type { Commands } from "./commands";
import { PAGE_NAME } from "./page-name";
import { TalkMicrophone } from "./talk-microphone";
import { TalkOrders } from "./talk-orders";

const say = mixerTexts.talk;

const isFinal = ({ status, foreign }: ApiError): boolean => !foreign && [401, 403, 406, 409].includes(status);

/** Whom control is to be told of: nobody unless there is a way for the voice. */
export const wantedOf = (held: Addressee | null, { kind }: LinkState): Addressee | null =>
  kind === "connected" || kind === "recovering" ? held : null;

/** One sentence while a button is held; null while none is. */
export function talkSays(
  held: Addressee | null,
  hearing: Addressee | null,
  link: LinkState,
  name: string,
  isSilent: boolean,
): string | null {
  if (held === null) return null;
  if (held === hearing && isSilent) return say.silent;
  if (held === hearing) return held === ALL ? say.allHear : say.hears(name);
  if (link.kind !== "waiting") return say.opening;
  return link.cause === "network_blocked" ? say.blocked : say.waiting;
}

export class Talkback {
  /** Whose button is held. */
  readonly held = signal<Addressee | null>(null);
  /** Who hears the operator, as control has confirmed it. */
  readonly hearing: ReadonlySignal<Addressee | null>;
  readonly link = signal<LinkState>({ kind: "stopped" });
  readonly microphone = new TalkMicrophone(computed(() => this.held.value !== null));
  #lasting: Lasting<RtcSession> | null = null;
  readonly #orders: TalkOrders;

  constructor(private readonly commands: Commands) {
    this.#orders = new TalkOrders(commands);
    this.hearing = this.#orders.hearing;
  }

  /** Speak to somebody until `release`; the first time the microphone is opened, and stays so. */
  press(to: Addressee): void {
    this.held.value = to;
    this.#follow();
    if (!this.#lasting) void this.#open();
  }

  /** Say once more who is spoken to: control forgets it when it begins anew. */
  again(): void {
    this.#orders.again();
  }

  /** Stop speaking to somebody, if it is they who are spoken to. */
  release(to: Addressee): void {
    if (this.held.peek() !== to) return;
    this.held.value = null;
    this.#follow();
  }

  /** Speak by another microphone from now on; null: the browser's. */
  choose(id: string | null): void {
    if (!this.microphone.choose(id) || !this.#lasting) return;
    this.#lost();
    void this.#open();
  }

  async #open(): Promise<void> {
    const chosen = this.microphone.chosen.peek();
    const track = await this.commands.run("microphone", say.failed, () => this.microphone.open());
    if (!track) {
      const isUnderWay = this.commands.pending.peek().has("microphone");
      if (!isUnderWay) this.#close();
      return;
    }
    // Another one may be chosen while the browser still asks for this one.
    if (chosen !== this.microphone.chosen.peek()) {
      this.microphone.close();
      return this.#open();
    }
    track.onended = () => this.#lost();
    this.#lasting = new Lasting<RtcSession>(
      (signal) => publishVoice(PAGE_NAME, track, signal),
      (state) => this.#linked(state),
      isFinal,
    );
    this.#follow();
    this.#lasting.start();
  }

  #linked(state: LinkState): void {
    batch(() => {
      this.link.value = state;
      this.#follow();
    });
    if (state.kind !== "refused") return;
    void this.commands.run("voice", say.failed, () => Promise.reject(state.error));
    this.#close();
  }

  /** The microphone was unplugged, or the browser took it back. */
  #lost(): void {
    void this.#lasting?.stop();
    this.#close();
  }

  /** The next press opens everything anew. */
  #close(): void {
    this.microphone.close();
    this.#lasting = null;
    this.held.value = null;
    this.#follow();
  }

  /** Have microphone and control do as the hand does. */
  #follow(): void {
    const held = this.held.peek();
    this.microphone.setOn(held !== null);
    this.#orders.want(wantedOf(held, this.link.peek()));
  }
}
