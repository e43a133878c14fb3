/** Scenes and sources as they look now: asked for a few at a time, so that the mixer has never many of them to draw. */

import { sleep } from "./backoff";
import { within } from "./deadline";
import type { CanvasName } from "./types";

/** How old a picture may become while it is looked at. */
const FRESH_MS = 3000;
/** How old one is at which it is no picture of now. */
export const OLD_MS = 6000;
const PAUSE_MS = 200;
/** For one picture: others wait for it. */
const ANSWER_MS = 5000;
/** So many are asked for at once. From another continent each takes half a second; one after the other, all of a desk's
 * scenes would be old before their turn came again. */
const AT_ONCE = 2;

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
  isComing: boolean;
}

export class Thumbnails {
  readonly #entries = new Set<Entry>();
  #abort: AbortController | null = null;

  /** Show a picture, again and again, until the function that is returned is called. */
  watch(path: string, show: (picture: Blob) => void): () => void {
    const entry = { path, show, asked: Number.NEGATIVE_INFINITY, isComing: false };
    this.#entries.add(entry);
    if (!this.#abort) this.#begin();
    return () => {
      this.#entries.delete(entry);
      if (this.#entries.size > 0) return;
      this.#abort?.abort();
      this.#abort = null;
    };
  }

  #begin(): void {
    this.#abort = new AbortController();
    for (let count = 0; count < AT_ONCE; count += 1) void this.#run(this.#abort.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = this.#next();
      if (next) await this.#refresh(next, signal);
      await sleep(PAUSE_MS, signal).catch(() => undefined);
    }
  }

  /** The one that was asked for the longest time ago, if that is long enough. */
  #next(): Entry | undefined {
    const now = performance.now();
    const waiting = [...this.#entries].filter((each) => !each.isComing && now - each.asked >= FRESH_MS);
    return waiting.sort((a, b) => a.asked - b.asked)[0];
  }

  async #refresh(entry: Entry, signal: AbortSignal): Promise<void> {
    entry.asked = performance.now();
    entry.isComing = true;
    const picture = await thumbnail(entry.path, signal);
    entry.isComing = false;
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
