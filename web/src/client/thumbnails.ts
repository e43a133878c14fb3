/** Scenes as they look now: asked for one after the other, so that the mixer never draws several at once. */

import { sleep } from "./backoff";
import { within } from "./deadline";

/** How old a picture may become while it is looked at. */
const FRESH_MS = 3000;
const PAUSE_MS = 200;
/** For one picture: the others wait for it. */
const ANSWER_MS = 5000;

interface Entry {
  scene: string;
  show: (picture: Blob) => void;
  asked: number;
}

export class Thumbnails {
  readonly #entries = new Set<Entry>();
  #abort: AbortController | null = null;

  /** Show a scene's picture, again and again, until the function that is returned is called. */
  watch(scene: string, show: (picture: Blob) => void): () => void {
    const entry = { scene, show, asked: Number.NEGATIVE_INFINITY };
    this.#entries.add(entry);
    if (!this.#abort) void this.#run();
    return () => {
      this.#entries.delete(entry);
      if (this.#entries.size > 0) return;
      this.#abort?.abort();
      this.#abort = null;
    };
  }

  async #run(): Promise<void> {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const oldest = [...this.#entries].sort((a, b) => a.asked - b.asked)[0];
      if (oldest && performance.now() - oldest.asked >= FRESH_MS) await this.#refresh(oldest, signal);
      await sleep(PAUSE_MS, signal).catch(() => undefined);
    }
  }

  async #refresh(entry: Entry, signal: AbortSignal): Promise<void> {
    entry.asked = performance.now();
    const picture = await thumbnail(entry.scene, signal);
    if (picture && this.#entries.has(entry)) entry.show(picture);
  }
}

/** Null where there is none at the moment: the old one stays. */
async function thumbnail(scene: string, signal: AbortSignal): Promise<Blob | null> {
  try {
    return await within(ANSWER_MS, signal, async (limit) => {
      const url = `/api/scenes/${encodeURIComponent(scene)}/thumbnail.jpg`;
      const response = await fetch(url, { cache: "no-store", signal: limit });
      return response.ok ? await response.blob() : null;
    });
  } catch {
    return null;
  }
}
