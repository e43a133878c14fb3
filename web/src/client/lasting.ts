/** Keeps one session up: notices when it is dead, restarts ICE, and opens a new one after a growing pause. */

import { ApiError, unexpected } from "./api";
import { Backoff, sleep } from "./backoff";
import { within } from "./deadline";
import { Hearing } from "./hearing";

/** What the publisher needs of a session. */
export interface Connection {
  readonly id: string;
  readonly peer: Pick<RTCPeerConnection, "connectionState" | "getStats">;
  /** The other side has said good-bye. */
  readonly hungUp: boolean;
  restart(): Promise<void>;
  /** With `ended`, the server knows already. */
  close(ended: boolean): Promise<void>;
}

export type LinkState =
  /** `after`: what ended the try before; null for the first one. */
  | { kind: "connecting"; after: LinkCause | null }
  | { kind: "connected"; session: string }
  | { kind: "recovering"; session: string }
  | { kind: "waiting"; cause: LinkCause }
  | { kind: "refused"; error: ApiError }
  | { kind: "stopped" };

/** Why there is no connection at the moment. */
export type LinkCause =
  | "lost"
  | "network_blocked"
  | "unreachable"
  | "intercepted"
  | "not_ready"
  | "carrier"
  | GuestsCarrierCode
  /** This page or its browser cannot: what came was right. */
  | "page_failed";

/** The carrier's failures that the guest can do something about. */
const GUESTS_CARRIER_CODES = ["carrier_track_not_ready", "carrier_too_large"] as const;
export type GuestsCarrierCode = (typeof GUESTS_CARRIER_CODES)[number];

/** What a failure of the carrier's means to a guest: its own code where they can mend it. */
export const carrierCause = (code: string): "carrier" | GuestsCarrierCode =>
  GUESTS_CARRIER_CODES.find((known) => known === code) ?? "carrier";

/** What the server last said of a session. */
export type ServerWord = "open" | "closed" | "unknown";

const TICK_MS = 250;
/** The server answers an offer within 15 s, and an unknown guest joins anew before. */
const OPEN_MS = 45_000;
const CONNECT_MS = 12_000;
/** Connectivity checks alone come every 2.5 s; feedback on media comes far more often. */
const SILENT_MS = 4000;
const SILENT_AND_UNKNOWN_MS = 1000;
const RESTART_MS = 5000;
/** The longest pause while the server answers that a part of it is starting: its answer costs next to nothing. */
const NOT_READY_MS = 1000;

function causeOf({ status, code, foreign }: ApiError): LinkCause {
  // A proxy's 502 to 504 is its way to say that the server does not answer it.
  if (foreign && status < 500) return "intercepted";
  if (code === "page_failed") return code;
  if (status === 0) return "unreachable";
  return code.startsWith("carrier_") ? carrierCause(code) : "not_ready";
}

export class Lasting<C extends Connection> {
  #abort = new AbortController();
  #session: C | null = null;
  /** The session at hand is over on the server's side. */
  #ended = false;
  #serverWord: (id: string) => ServerWord = () => "open";

  /**
   * @param open Opens one session; an `ApiError` that is `isFinal` ends it, all other failures are tried again. Its
   *   signal is for the opening only.
   * @param onState Told of every change.
   * @param isFinal Whether trying again by itself is of no use, or forbidden.
   */
  constructor(
    private readonly open: (signal: AbortSignal) => Promise<C>,
    private readonly onState: (state: LinkState) => void,
    private readonly isFinal: (error: ApiError) => boolean,
    private readonly backoff = new Backoff(),
  ) {}

  get session(): C | null {
    return this.#session;
  }

  /** Connect, and stay so until `stop`. */
  start(): void {
    void this.#run(this.#abort.signal);
  }

  /** End the session and stop coming back; with `ended`, the server knows already. */
  async stop(ended = false): Promise<void> {
    this.#abort.abort(new DOMException("stopped", "AbortError"));
    this.onState({ kind: "stopped" });
    const session = this.#session;
    await session?.close(ended || session.hungUp);
  }

  /** Set who is asked for the server's opinion of a session. */
  listenTo(serverWord: (id: string) => ServerWord): void {
    this.#serverWord = serverWord;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let cause: LinkCause | null = null;
    while (!signal.aborted) {
      cause = await this.#once(cause, signal);
      if (signal.aborted || cause === null) return;
      this.onState({ kind: "waiting", cause });
      const longest = cause === "not_ready" ? NOT_READY_MS : undefined;
      await sleep(this.backoff.next(longest), signal).catch(() => undefined);
    }
  }

  /** One session from its opening to its end; null when that was the last one. */
  async #once(after: LinkCause | null, signal: AbortSignal): Promise<LinkCause | null> {
    this.onState({ kind: "connecting", after });
    this.#ended = false;
    try {
      const session = await within(OPEN_MS, signal, this.open);
      this.#session = session;
      if (!signal.aborted) return await this.#watch(session, signal);
    } catch (error) {
      if (signal.aborted) return null;
      const failure = error instanceof ApiError ? error : unexpected(error);
      if (this.#session) return "lost";
      if (!this.isFinal(failure)) return causeOf(failure);
      this.onState({ kind: "refused", error: failure });
    } finally {
      const session = this.#session;
      this.#session = null;
      await session?.close(this.#ended);
    }
    return null;
  }

  async #watch(session: C, signal: AbortSignal): Promise<LinkCause> {
    const opened = performance.now();
    const hearing = new Hearing(session.peer);
    let connected = false;
    for (;;) {
      await sleep(TICK_MS, signal);
      const word = this.#serverWord(session.id);
      this.#ended = word === "closed" || session.hungUp;
      if (this.#ended) return "lost";
      const state = session.peer.connectionState;
      if (state === "failed" || state === "closed") return connected ? "lost" : "network_blocked";
      const silent = await hearing.silentFor();
      if (word === "unknown" && connected && silent >= SILENT_AND_UNKNOWN_MS) return "lost";
      if (!connected && state === "connected") {
        connected = true;
        this.backoff.reset();
        this.onState({ kind: "connected", session: session.id });
      } else if (!connected && performance.now() - opened > CONNECT_MS) {
        return "network_blocked";
      } else if (connected && (state === "disconnected" || silent >= SILENT_MS)) {
        if (!(await this.#recover(session, hearing, signal))) return "lost";
      }
    }
  }

  /** Try an ICE restart; false when the session is not worth keeping. */
  async #recover(session: C, hearing: Hearing, signal: AbortSignal): Promise<boolean> {
    this.onState({ kind: "recovering", session: session.id });
    try {
      await session.restart();
    } catch {
      return false;
    }
    const started = performance.now();
    while (performance.now() - started < RESTART_MS) {
      await sleep(TICK_MS, signal);
      if ((await hearing.silentFor()) < 2 * TICK_MS && session.peer.connectionState === "connected") {
        this.onState({ kind: "connected", session: session.id });
        return true;
      }
    }
    return false;
  }
}
