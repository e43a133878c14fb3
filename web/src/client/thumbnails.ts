/** Scenes as they look now: asked for one after the other, so that the mixer never draws several at once. */

import { sleep } from "./backoff";

/** How old a picture may become while it is looked at. */
const FRESH_MS = 3000;
const PAUSE_MS = 200;

interface Entry {
  show: (url: string) => void;
  asked: number;
}

export class Thumbnails {
  readonly #entries = new Map<string, Entry>();
  /** The newest pictures, also of those that nobody looks at just now. */
  readonly #urls = new Map<string, string>();
  #abort: AbortController | null = null;

  /** Show a scene's picture, again and again, until the function that is returned is called. */
  watch(scene: string, show: (url: string) => void): () => void {
    const entry = { show, asked: Number.NEGATIVE_INFINITY };
    this.#entries.set(scene, entry);
    if (!this.#abort) void this.#run();
    return () => {
      if (this.#entries.get(scene) === entry) this.#entries.delete(scene);
      if (this.#entries.size > 0) return;
      this.#abort?.abort();
      this.#abort = null;
    };
  }

  /** Give a scene's last picture up. */
  forget(scene: string): void {
    URL.revokeObjectURL(this.#urls.get(scene) ?? "");
    this.#urls.delete(scene);
  }

  async #run(): Promise<void> {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const oldest = [...this.#entries].sort(([, a], [, b]) => a.asked - b.asked)[0];
      if (oldest && performance.now() - oldest[1].asked >= FRESH_MS) await this.#refresh(...oldest, signal);
      await sleep(PAUSE_MS, signal).catch(() => undefined);
    }
  }

  async #refresh(scene: string, entry: Entry, signal: AbortSignal): Promise<void> {
    entry.asked = performance.now();
    const picture = await thumbnail(scene, signal);
    if (!picture || this.#entries.get(scene) !== entry) return;
    const url = URL.createObjectURL(picture);
    entry.show(url);
    this.forget(scene);
    this.#urls.set(scene, url);
  }
}

/** Null where there is none at the moment: the old one stays. */
async function thumbnail(scene: string, signal: AbortSignal): Promise<Blob | null> {
  try {
    const response = await fetch(`/api/scenes/${encodeURIComponent(scene)}/thumbnail.jpg`, {
      cache: "no-store",
      signal,
    });
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}
