/** Scenes and sources as they look now: asked for one after the other, so that the mixer never draws several at once. */

import { sleep } from "./backoff";
import { within } from "./deadline";
import type { CanvasName } from "./types";

/** How old a picture may become while it is looked at. */
const FRESH_MS = 3000;
/** How old one is at which it is no picture of now. */
export const OLD_MS = 6000;
const PAUSE_MS = 200;
/** For one picture: the others wait for it. */
const ANSWER_MS = 5000;

/** Where a scene's picture is, as it is on a canvas. */
export function pictureOfScene(id: string, canvas: CanvasName): string {
  const picture = `/api/scenes/${encodeURIComponent(id)}/thumbnail.jpg`;
  return canvas === "program" ? picture : `${picture}?canvas=${canvas}`;
}
/** Where all of a source's picture is, before its framing. */
export const pictureOfSource = (id: string): string => `/api/sources/${encodeURIComponent(id)}/thumbnail.jpg`;

interface Entry {
  path: string;
  show: (picture: Blob) => void;
  asked: number;
}

export class Thumbnails {
  readonly #entries = new Set<Entry>();
  #abort: AbortController | null = null;

  /** Show a picture, again and again, until the function that is returned is called. */
  watch(path: string, show: (picture: Blob) => void): () => void {
    const entry = { path, show, asked: Number.NEGATIVE_INFINITY };
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
    const picture = await thumbnail(entry.path, signal);
    if (picture && this.#entries.has(entry)) entry.show(picture);
  }
}

/** Null where there is none at the moment: the old one stays. */
async function thumbnail(path: string, signal: AbortSignal): Promise<Blob | null> {
  try {
    return await within(ANSWER_MS, signal, async (limit) => {
      const response = await fetch(path, { cache: "no-store", signal: limit });
      return response.ok ? await response.blob() : null;
    });
  } catch {
    return null;
  }
}
