/** The media library: what was uploaded, what is on its way, and what the server refuses of it. */

import { signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { libraryApi, sourcesApi, upload } from "../client/library";
import type { MediaList, MediaView, SourceRequest } from "../client/types";
import { mediaTexts } from "../texts.media";
import { wordsOf } from "./commands";
import { fileSize, sentences } from "./format";

export interface Upload {
  id: number;
  name: string;
  size: number;
  /** Bytes that have gone out. */
  sent: number;
  /** Why it failed; empty while it goes on. */
  failure: string;
}

/** Why a file need not even be sent; empty where it may. */
export function refusalOf(file: { name: string; size: number }, list: MediaList | null): string {
  const say = mediaTexts.refused;
  if (file.size === 0) return say.empty;
  if (!list) return "";
  if (file.size > list.max_file_size) return say.tooLarge(fileSize(file.size), fileSize(list.max_file_size));
  if (list.size + file.size > list.max_size)
    return say.full(fileSize(Math.max(0, list.max_size - list.size)));
  return "";
}

/** How a source begins: a clip is cued and plays when it comes on program, a still is there for ever. */
export const FRESH: Omit<SourceRequest, "kind"> = {
  label: "",
  url: "",
  color: "#808080",
  slate: "",
  playout_ms: null,
  if_gone: null,
  iso: false,
  loop: false,
  in_s: 0,
  out_s: null,
  autoplay: "program",
  duration_s: null,
  crop: { left: 0, top: 0, right: 0, bottom: 0 },
  zoom: 1,
  offset: { x: 0, y: 0 },
};

/** How a source of a file is made. */
export const sourceOf = ({ id, kind }: MediaView): SourceRequest => ({
  ...FRESH,
  kind: kind === "still" ? "still" : "url",
  label: id.replace(/\.[^.]+$/, "").slice(0, 60),
  url: id,
});

export class Library {
  readonly list = signal<MediaList | null>(null);
  readonly uploads = signal<readonly Upload[]>([]);
  /** What went wrong with a file, by its id; with all of them by an empty one. */
  readonly failures = signal<ReadonlyMap<string, string>>(new Map());
  readonly busy = signal<ReadonlySet<string>>(new Set());
  readonly #aborts = new Map<number, AbortController>();
  #count = 0;

  async load(): Promise<void> {
    await this.#run("", async () => {
      this.list.value = await libraryApi.list();
    });
  }

  /** Send files, one after the other. */
  async send(files: readonly File[]): Promise<void> {
    const begun = files.map((file) => ({ file, entry: this.#begin(file) }));
    for (const { file, entry } of begun) if (!entry.failure) await this.#send(file, entry.id);
  }

  /** Break an upload off, or put its failure away. */
  drop(id: number): void {
    this.#aborts.get(id)?.abort();
    this.uploads.value = this.uploads.peek().filter((each) => each.id !== id);
  }

  async remove(id: string): Promise<void> {
    if (await this.#run(id, () => libraryApi.remove(id))) await this.load();
  }

  async makeSource(media: MediaView): Promise<void> {
    const made = await this.#run(media.id, () => sourcesApi.make(sourceOf(media)));
    if (made) await this.load();
  }

  #begin(file: File): Upload {
    this.#count += 1;
    const failure = refusalOf(file, this.list.peek());
    const entry = { id: this.#count, name: file.name, size: file.size, sent: 0, failure };
    this.uploads.value = [...this.uploads.peek(), entry];
    return entry;
  }

  async #send(file: File, id: number): Promise<void> {
    if (!this.uploads.peek().some((each) => each.id === id)) return;
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    try {
      await upload(file, (sent) => this.#change(id, { sent }), abort.signal);
      this.drop(id);
      await this.load();
    } catch (error) {
      if (!abort.signal.aborted) this.#change(id, { failure: wordsFor(error, file.name) });
    } finally {
      this.#aborts.delete(id);
    }
  }

  #say(key: string, failure: string | null): void {
    const failures = new Map(this.failures.peek());
    if (failure === null) failures.delete(key);
    else failures.set(key, failure);
    this.failures.value = failures;
  }

  #change(id: number, change: Partial<Upload>): void {
    this.uploads.value = this.uploads.peek().map((each) => (each.id === id ? { ...each, ...change } : each));
  }

  /** Do one thing with a file; false where it failed, which is said at the file. */
  async #run(key: string, work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy.peek().has(key)) return false;
    this.busy.value = new Set(this.busy.peek()).add(key);
    this.#say(key, null);
    try {
      await work();
      return true;
    } catch (error) {
      this.#say(key, wordsFor(error, key));
      return false;
    } finally {
      this.busy.value = new Set([...this.busy.peek()].filter((each) => each !== key));
    }
  }
}

/** What went wrong; a file's name at the beginning stays as it is. */
function wordsFor(error: unknown, name: string): string {
  const [message, hint] = wordsOf(error instanceof ApiError ? error : unexpected(error));
  const isName = name !== "" && message.startsWith(name);
  return isName ? `${message}. ${sentences(hint)}` : sentences(message, hint);
}
