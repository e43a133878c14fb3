/**
 * Events of control over one WebSocket: a snapshot, then numbered deltas; a gap asks for a new snapshot.
 * Where no WebSocket comes through, the page asks for snapshots, and tries the WebSocket again now and then.
 */

import { unexpected } from "./api";
import { Backoff } from "./backoff";
import { type Ask, Asking } from "./news";
import { type Probe, StillHere } from "./still-here";

export interface Numbered {
  seq: number;
  type: string;
}

/** What to do with a message: a snapshot starts the count, a delta must be the next number. */
export class Sequence {
  #last: number | null = null;

  accept(message: Numbered): "apply" | "stale" | "gap" {
    if (message.type === "snapshot") {
      this.#last = message.seq;
      return "apply";
    }
    if (this.#last === null || message.seq > this.#last + 1) return "gap";
    if (message.seq <= this.#last) return "stale";
    this.#last = message.seq;
    return "apply";
  }
}

/** Close codes that stand for an HTTP status 4xx: 4400 and the status less 400. */
const REFUSED = { from: 4400, to: 4500 };
const REFUSED_STATUSES = new Set([401, 403, 404]);

/** A WebSocket that has brought no snapshot by then will not: something on the way swallows it. */
const SNAPSHOT_MS = 8000;
/** WebSockets that fail one after the other before the page also asks. */
const FAILURES = 2;
/** While asking works, a WebSocket is tried this often. */
const TRY_AGAIN_MS = 30_000;

export interface EventStreamOptions<E extends Numbered> {
  url: string;
  /** The other way to the same events. */
  ask: Ask<E>;
  /** Fails where the server cannot be reached; asked while no event comes. */
  probe: Probe;
  onEvent: (event: E) => void;
  /** Whether events come; false also before the first snapshot. */
  onUp: (up: boolean) => void;
  /** The server does not let this page listen; the stream is closed then. */
  onRefused: () => void;
  backoff?: Backoff;
  open?: (url: string) => WebSocket;
}

export class EventStream<E extends Numbered> {
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #asking: Asking<E> | null = null;
  #answered = false;
  #closed = false;
  readonly #backoff: Backoff;
  readonly #stillHere: StillHere;

  constructor(private readonly options: EventStreamOptions<E>) {
    this.#backoff = options.backoff ?? new Backoff();
    this.#stillHere = new StillHere(options.probe, () => this.#gone());
  }

  start(): void {
    const url = new URL(this.options.url, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const open = this.options.open ?? ((address) => new WebSocket(address));
    let socket: WebSocket;
    try {
      socket = open(url.href);
    } catch {
      // Some browsers say so in this way where a rule of the network or the page forbids WebSockets.
      this.#failed();
      return;
    }
    const sequence = new Sequence();
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#giveUp(socket), SNAPSHOT_MS);
    socket.onmessage = (message) => {
      if (typeof message.data === "string") this.#take(socket, sequence, message.data);
    };
    socket.onclose = ({ code }) => {
      if (code >= REFUSED.from && code < REFUSED.to) this.#refused(socket);
      else this.#again(socket);
    };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stillHere.stop();
    this.#stopAsking();
    this.#socket?.close();
  }

  #take(socket: WebSocket, sequence: Sequence, text: string): void {
    if (this.#closed || this.#socket !== socket) return;
    try {
      const event = JSON.parse(text) as E;
      const verdict = sequence.accept(event);
      if (verdict === "gap") this.#giveUp(socket);
      if (verdict !== "apply") return;
      this.#stillHere.heard();
      this.options.onEvent(event);
      if (event.type === "snapshot" && !this.#closed) this.#works();
    } catch (error) {
      // What the page shows now may be wrong: everything anew.
      unexpected(error);
      this.#giveUp(socket);
    }
  }

  /** The server cannot be reached, and nothing has said so: begin anew, whichever way events came. */
  #gone(): void {
    if (this.#asking) {
      this.#stopAsking();
      this.options.onUp(false);
    }
    if (this.#socket) this.#giveUp(this.#socket);
    else {
      this.#ask();
      this.#soon();
    }
  }

  #giveUp(socket: WebSocket): void {
    socket.close();
    this.#again(socket);
  }

  #works(): void {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#backoff.reset();
    this.#stopAsking();
    this.options.onUp(true);
  }

  #refused(socket: WebSocket | null): void {
    if (this.#closed || this.#socket !== socket) return;
    this.close();
    this.options.onUp(false);
    this.options.onRefused();
  }

  #again(socket: WebSocket): void {
    if (!this.#closed && this.#socket === socket) this.#failed();
  }

  #failed(): void {
    this.#socket = null;
    clearTimeout(this.#timer);
    if (!this.#answered) this.#stillHere.stop();
    this.#failures += 1;
    if (!this.#answered) this.options.onUp(false);
    if (this.#failures >= FAILURES && !this.#asking) this.#ask();
    this.#timer = setTimeout(() => this.start(), this.#answered ? TRY_AGAIN_MS : this.#backoff.next());
  }

  #ask(): void {
    this.#asking = new Asking<E>(
      this.options.ask,
      (events) => {
        for (const event of events) if (!this.#closed) this.options.onEvent(event);
        if (this.#closed) return;
        this.#answered = true;
        this.#stillHere.heard();
        this.options.onUp(true);
      },
      ({ status, foreign }) => {
        const answered = this.#answered;
        this.#answered = false;
        this.#stillHere.stop();
        this.options.onUp(false);
        if (REFUSED_STATUSES.has(status) && !foreign) this.#refused(this.#socket);
        else if (answered && !this.#socket) this.#soon();
      },
    );
    void this.#asking.run();
  }

  /** What worked until now does not: try the WebSocket before its time. */
  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.start(), this.#backoff.next());
  }

  #stopAsking(): void {
    this.#asking?.stop();
    this.#asking = null;
    this.#answered = false;
  }
}
