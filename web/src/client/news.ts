/** Asking for news again and again: for where no WebSocket gets through and streams are held back. */

import { ApiError, unexpected } from "./api";
import { Backoff, sleep } from "./backoff";
import { within } from "./deadline";

/** Everything anew, as events; none where nothing differs from what `tag` stood for. */
export interface News<E> {
  tag: string;
  events: readonly E[];
}

export type Ask<E> = (tag: string, signal: AbortSignal) => Promise<News<E>>;

/** Between an answer and the next question, so that a busy show does not ask without end. */
const PAUSE_MS = 1000;
/** The server waits for 20 s; what takes longer than this was lost. */
const ANSWER_MS = 30_000;

export class Asking<E> {
  readonly #abort = new AbortController();

  /**
   * @param ask Asks once; the server answers when something has changed, or after a while.
   * @param onNews Told of every answer, also of one without events.
   * @param onFailure Told of every question that failed, and of news that could not be taken; asking goes on
   *   until `stop`.
   */
  constructor(
    private readonly ask: Ask<E>,
    private readonly onNews: (events: readonly E[]) => void,
    private readonly onFailure: (error: ApiError) => void,
    private readonly backoff = new Backoff(),
  ) {}

  async run(): Promise<void> {
    const { signal } = this.#abort;
    let tag = "";
    while (!signal.aborted) {
      let pause = PAUSE_MS;
      try {
        const news = await this.#once(tag);
        if (signal.aborted) return;
        this.onNews(news.events);
        tag = news.tag;
        this.backoff.reset();
      } catch (error) {
        if (signal.aborted) return;
        this.onFailure(error instanceof ApiError ? error : unexpected(error));
        pause = this.backoff.next();
      }
      await sleep(pause, signal).catch(() => undefined);
    }
  }

  stop(): void {
    this.#abort.abort(new DOMException("stopped", "AbortError"));
  }

  #once(tag: string): Promise<News<E>> {
    return within(ANSWER_MS, this.#abort.signal, (signal) => this.ask(tag, signal));
  }
}
