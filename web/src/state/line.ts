/** The guest's line to the studio: the camera's session, kept up, and how much it carries. */

import { effect, signal } from "@preact/signals";
import { ApiError } from "../client/api";
import { Lasting, type LinkState, type ServerWord } from "../client/lasting";
import { type Uplink, watchUplink } from "../client/uplink";
import { type Outgoing, WhipSession, type WhipTarget } from "../client/whip";
import { after, LOW_PICTURE, type LowBand, WELL } from "./low-band";
import { isFinal, wantsNewJoin } from "./refusals";

/** What the line asks of the visit that it belongs to. */
export interface Visiting {
  target: () => WhipTarget | null;
  /** What is to be sent; signals that it reads are followed. */
  outgoing: () => Outgoing;
  serverWord: (id: string) => ServerWord;
  /** Ask for a place again: control knows nothing of this visit any more. */
  requestPlace: () => Promise<void>;
  onOpen: (session: WhipSession, signal: AbortSignal) => void;
  onRefused: (error: ApiError) => void;
}

export class Line {
  readonly link = signal<LinkState>({ kind: "stopped" });
  /** The last second of sending; null before the first. */
  readonly uplink = signal<Uplink | null>(null);
  /** A smaller picture is sent, because the line does not carry the chosen one. */
  readonly low = signal(false);
  #band: LowBand = WELL;
  #publisher: Lasting<WhipSession> | null = null;

  constructor(private readonly visit: Visiting) {
    effect(() => {
      const outgoing = this.#outgoing();
      void this.#publisher?.session?.update(outgoing);
    });
  }

  /** Bits a second of the chosen quality. */
  get wanted(): number {
    return this.visit.outgoing().maxBitrate;
  }

  start(): void {
    this.#publisher = new Lasting<WhipSession>(
      (signal) => this.#open(signal),
      (state) => this.#linkIs(state),
      isFinal,
    );
    this.#publisher.listenTo(this.visit.serverWord);
    this.#publisher.start();
  }

  /** Hang up; the server has ended it, or is told elsewhere. */
  stop(): void {
    const publisher = this.#publisher;
    this.#publisher = null;
    this.#band = WELL;
    this.low.value = false;
    this.uplink.value = null;
    void publisher?.stop(true);
  }

  #outgoing(): Outgoing {
    const wanted = this.visit.outgoing();
    if (!this.low.value) return wanted;
    return {
      ...wanted,
      maxBitrate: Math.min(wanted.maxBitrate, LOW_PICTURE.bitrate),
      maxHeight: LOW_PICTURE.height,
    };
  }

  async #open(signal: AbortSignal): Promise<WhipSession> {
    try {
      return await this.#publish(signal);
    } catch (error) {
      if (!(error instanceof ApiError) || !wantsNewJoin(error)) throw error;
      await this.visit.requestPlace();
      return this.#publish(signal);
    }
  }

  async #publish(signal: AbortSignal): Promise<WhipSession> {
    const target = this.visit.target();
    if (!target) throw new DOMException("not inside", "AbortError");
    const session = await WhipSession.open(target, () => this.#outgoing(), signal);
    this.visit.onOpen(session, signal);
    void watchUplink(session.peer, signal, (uplink) => this.#measured(uplink));
    return session;
  }

  #measured(uplink: Uplink): void {
    this.uplink.value = uplink;
    this.#band = after(this.#band, uplink, this.wanted);
    this.low.value = this.#band.low;
  }

  #linkIs(state: LinkState): void {
    this.link.value = state;
    if (state.kind === "refused") this.visit.onRefused(state.error);
    // Devices may have changed between the offer and its answer.
    if (state.kind === "connected") void this.#publisher?.session?.update(this.#outgoing());
  }
}
