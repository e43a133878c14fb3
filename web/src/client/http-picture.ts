/** A path's picture by HTTP and Media Source: for where no UDP comes through. */

import { send } from "./api";
import { Backoff, sleep } from "./backoff";
import { joined, typeOf } from "./fragments";

/** How far behind the newest frame it is played: a fragment lasts 100 ms, and the next one is on its way. */
const BEHIND_S = 0.35;
/** Farther behind than this it goes forward at once. */
const LATE_S = 0.9;
const KEPT_S = 6;
/** Waiting for the browser to take it; more than that, and the stream is opened anew. */
const MOST_BYTES = 8 * 1024 * 1024;
/** The answer comes sooner than this, and a picture's frames more often; without any, the stream is opened anew. */
const SILENT_MS = 5000;

/**
 * Play a path in a video element until the signal fires; what breaks is opened anew.
 *
 * @param tell Told whether a picture comes.
 */
export async function playByHttp(
  video: HTMLVideoElement,
  path: string,
  signal: AbortSignal,
  tell: (plays: boolean) => void,
): Promise<void> {
  const backoff = new Backoff();
  while (!signal.aborted) {
    await once(video, path, signal, () => {
      backoff.reset();
      tell(true);
    }).catch(() => undefined);
    if (signal.aborted) return;
    tell(false);
    await sleep(backoff.next(), signal).catch(() => undefined);
  }
}

async function once(
  video: HTMLVideoElement,
  path: string,
  signal: AbortSignal,
  onPlays: () => void,
): Promise<void> {
  const source = new MediaSource();
  const url = URL.createObjectURL(source);
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener("abort", stop, { once: true });
  try {
    video.src = url;
    await new Feed(video, source, over, onPlays).run(async () => {
      await opened(source, over.signal);
      const init = { credentials: "same-origin", cache: "no-store", signal: over.signal } as const;
      return send(`/live/${encodeURIComponent(path)}.mp4`, init);
    });
  } finally {
    signal.removeEventListener("abort", stop);
    over.abort();
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  }
}

function opened(source: MediaSource, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    source.addEventListener("sourceopen", () => resolve(), { once: true });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Gives the browser what comes, and keeps it near the newest frame. */
class Feed {
  #buffer: SourceBuffer | null = null;
  #waiting: Uint8Array[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #started = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly source: MediaSource,
    private readonly over: AbortController,
    private readonly onPlays: () => void,
  ) {}

  /** Ask, and play what is answered until it ends, breaks, or nothing comes any more. */
  async run(ask: () => Promise<Response>): Promise<void> {
    try {
      this.#expect();
      const reader = (await ask()).body?.getReader();
      if (!reader) return;
      while (!this.over.signal.aborted) {
        this.#expect();
        const { done, value } = await reader.read();
        if (done) return;
        this.#waiting.push(value);
        this.#pour();
      }
    } finally {
      clearTimeout(this.#timer);
    }
  }

  #expect(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.over.abort(), SILENT_MS);
  }

  #pour(): void {
    if (this.#waiting.reduce((sum, { length }) => sum + length, 0) > MOST_BYTES) {
      this.over.abort();
      return;
    }
    if (!this.#buffer) this.#open();
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#waiting.length === 0) return;
    const bytes = joined(this.#waiting);
    this.#waiting = [];
    buffer.appendBuffer(bytes);
  }

  #open(): void {
    const type = typeOf(joined(this.#waiting));
    if (!type) return;
    const buffer = this.source.addSourceBuffer(type);
    buffer.addEventListener("updateend", () => this.#taken(buffer));
    buffer.addEventListener("error", () => this.over.abort());
    this.#buffer = buffer;
  }

  #taken(buffer: SourceBuffer): void {
    if (this.over.signal.aborted || this.source.readyState !== "open") return;
    const { buffered } = buffer;
    if (buffered.length > 0) this.#follow(buffered.end(buffered.length - 1));
    const first = buffered.length > 0 ? buffered.start(0) : 0;
    if (this.video.currentTime - first > 2 * KEPT_S) buffer.remove(first, this.video.currentTime - KEPT_S);
    else this.#pour();
  }

  /** Keep near the newest frame; a gap is jumped over. */
  #follow(newest: number): void {
    const { video } = this;
    if (!this.#started || newest - video.currentTime > LATE_S) video.currentTime = newest - BEHIND_S;
    if (this.#started) return;
    this.#started = true;
    void video.play().then(this.onPlays, () => this.over.abort());
  }
}
