/** A path's picture and sound by HTTP and Media Source: for where no UDP comes through. */

import { ApiError, send } from "./api";
import { Backoff, sleep } from "./backoff";
import { ForeignCodecError, joined, OPUS_TYPE, typeOf } from "./fragments";
import { playOrMute } from "./player";

/** How far behind the newest frame it is played: a fragment lasts 100 ms, and the next one is on its way. */
const BEHIND_S = 0.35;
/** Farther behind than this it goes forward at once. */
const LATE_S = 0.9;
const KEPT_S = 6;
/** Waiting for the browser to take it; more than that, and the stream is opened anew. */
const MOST_BYTES = 8 * 1024 * 1024;
/** The answer comes sooner than this, and a picture's frames more often; without any, the stream is opened anew. */
const SILENT_MS = 5000;

export interface HttpPlayed {
  path: string;
  /** With its sound; without, where false. */
  sound: boolean;
  /** Told whether it plays. */
  onPlays: (plays: boolean) => void;
  /** Told whether the browser wants a click before it sounds. */
  onBlocked: (blocked: boolean) => void;
}

/** The picture as it is sent, or what every browser plays instead. */
type Picture = "copy" | "h264";

/** Play a path in a video or audio element until the signal fires; what breaks is opened anew. */
export async function playByHttp(
  player: HTMLMediaElement,
  played: HttpPlayed,
  signal: AbortSignal,
): Promise<void> {
  const backoff = new Backoff();
  let picture: Picture = "copy";
  while (!signal.aborted) {
    try {
      await once(player, { ...played, picture }, signal, () => backoff.reset());
    } catch (error) {
      if (isForeign(error)) picture = "h264";
    }
    if (signal.aborted) return;
    played.onPlays(false);
    await sleep(backoff.next(), signal).catch(() => undefined);
  }
}

/** Whether the picture has a codec that the container or this page cannot carry. */
const isForeign = (error: unknown): boolean =>
  error instanceof ForeignCodecError || (error instanceof ApiError && error.status === 406);

interface Asked extends HttpPlayed {
  picture: Picture;
}

function addressOf({ path, sound, picture }: Asked): string {
  const audio = !sound ? "none" : MediaSource.isTypeSupported(OPUS_TYPE) ? "opus" : "aac";
  return `/live/${encodeURIComponent(path)}.mp4?${new URLSearchParams({ audio, video: picture })}`;
}

async function once(
  player: HTMLMediaElement,
  asked: Asked,
  signal: AbortSignal,
  onComes: () => void,
): Promise<void> {
  const source = new MediaSource();
  const url = URL.createObjectURL(source);
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener("abort", stop, { once: true });
  const start = async (): Promise<void> => {
    player.muted = !asked.sound;
    onComes();
    const started = await playOrMute(player);
    if (over.signal.aborted) return;
    asked.onBlocked(started !== "plays");
    if (started !== "waits") asked.onPlays(true);
  };
  try {
    player.src = url;
    await new Feed(player, source, over, start).run(async () => {
      await opened(source, over.signal);
      const init = { credentials: "same-origin", cache: "no-store", signal: over.signal } as const;
      return send(addressOf(asked), init);
    });
  } finally {
    signal.removeEventListener("abort", stop);
    over.abort();
    // Whoever plays something else in it meanwhile has given it a source of their own.
    if (player.src === url) {
      player.removeAttribute("src");
      player.load();
    }
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
    private readonly player: HTMLMediaElement,
    private readonly source: MediaSource,
    private readonly over: AbortController,
    private readonly start: () => Promise<void>,
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
    const first = buffered.length > 0 ? buffered.start(0) : 0;
    if (buffered.length > 0) this.#follow(first, buffered.end(buffered.length - 1));
    if (this.player.currentTime - first > 2 * KEPT_S) buffer.remove(first, this.player.currentTime - KEPT_S);
    else this.#pour();
  }

  /** Begin once there is enough, and keep near the newest frame; a gap is jumped over. */
  #follow(first: number, newest: number): void {
    const { player } = this;
    if (!this.#started && newest - first < BEHIND_S) return;
    if (!this.#started || newest - player.currentTime > LATE_S) player.currentTime = newest - BEHIND_S;
    if (this.#started) return;
    this.#started = true;
    void this.start().catch(() => this.over.abort());
  }
}
