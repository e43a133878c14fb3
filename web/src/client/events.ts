/** Events of control over one WebSocket: a snapshot, then numbered deltas; a gap asks for a new snapshot. */

import { Backoff } from "./backoff";

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

export interface EventStreamOptions<E extends Numbered> {
  url: string;
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
  #closed = false;
  readonly #backoff: Backoff;

  constructor(private readonly options: EventStreamOptions<E>) {
    this.#backoff = options.backoff ?? new Backoff();
  }

  start(): void {
    const url = new URL(this.options.url, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (this.options.open ?? ((address) => new WebSocket(address)))(url.href);
    const sequence = new Sequence();
    this.#socket = socket;
    socket.onmessage = (message) => {
      if (typeof message.data === "string") this.#take(socket, sequence, JSON.parse(message.data) as E);
    };
    socket.onclose = ({ code }) => {
      if (code >= REFUSED.from && code < REFUSED.to) this.#refused(socket);
      else this.#again(socket);
    };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #take(socket: WebSocket, sequence: Sequence, event: E): void {
    if (this.#closed || this.#socket !== socket) return;
    const verdict = sequence.accept(event);
    if (verdict === "gap") {
      socket.close();
      this.#again(socket);
      return;
    }
    if (verdict === "stale") return;
    if (event.type === "snapshot") {
      this.#backoff.reset();
      this.options.onUp(true);
    }
    this.options.onEvent(event);
  }

  #refused(socket: WebSocket): void {
    if (this.#closed || this.#socket !== socket) return;
    this.close();
    this.options.onUp(false);
    this.options.onRefused();
  }

  #again(socket: WebSocket): void {
    if (this.#closed || this.#socket !== socket) return;
    this.#socket = null;
    this.options.onUp(false);
    this.#timer = setTimeout(() => this.start(), this.#backoff.next());
  }
}
