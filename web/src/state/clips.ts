/** Clips on the desk: which there are, and where the mixer says that they stand. */

import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";
import { sourcesApi } from "../client/library";
import { Newest } from "../client/newest";
import type { ClipStatus, SourceStatus, SourceView } from "../client/types";
import { mediaTexts } from "../texts.media";
import type { Commands } from "./commands";
import type { Deleted } from "./deleted";
import { labelOf, type Mixing, tagOf } from "./mixing";
import { failureWords } from "./server-words";
import { removeSource } from "./source-removal";

/** Until the mixer's word of the new place has come, after the hand has left the slider. */
const SETTLE_MS = 500;

export interface Clip {
  source: SourceView;
  /** Where it is, as the mixer measures it; null where its file is not open. */
  status: ClipStatus | null;
  onAir: boolean;
  /** Why nothing of it is shown; empty where it is. */
  reason: string;
}

/** The sources that are files: their address names no server. */
export function clipsOf({ mixer, board }: Mixing): Clip[] {
  const files = (board?.sources ?? []).filter(({ kind, url }) => kind === "url" && !url.includes("://"));
  return files.map((source) => {
    const found = mixer?.sources.find(({ id }) => id === source.id);
    const onAir = mixer?.tally[source.id] === "program";
    return { source, status: found?.clip ?? null, onAir, reason: reasonOf(found) };
  });
}

const reasonOf = (found?: SourceStatus): string =>
  found?.reason ? failureWords({ code: found.code, message: found.reason, hint: "" })[0] : "";

/** Stills that are sources. */
export const stillsOf = ({ board }: Mixing): SourceView[] =>
  (board?.sources ?? []).filter(({ kind }) => kind === "still");

/** `0:07.4`, `12:34.0`: a place in a file, to the tenth that a cue needs. */
export function place(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const [minutes, rest] = [Math.floor(tenths / 600), tenths % 600];
  return `${minutes}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
}

/** One clip under the operator's hand. */
export class ClipHand {
  /** Where the hand has the slider, seconds; null while nobody moves it. */
  readonly at = signal<number | null>(null);
  readonly #seek = new Newest<number>((at) => this.#run("seek", () => sourcesApi.seek(this.id, at)));
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly id: string,
    private readonly mixing: ReadonlySignal<Mixing>,
    private readonly commands: Commands,
    private readonly deleted: Deleted,
  ) {}

  isPending(what: "play" | "pause" | "cue" | "loop" | "seek" | "remove"): boolean {
    return this.commands.pending.value.has(this.#key(what));
  }

  seek(at: number): void {
    clearTimeout(this.#timer);
    this.at.value = at;
    this.#seek.put(at);
  }

  leave(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.at.value = null;
    }, SETTLE_MS);
  }

  async steer(verb: "play" | "pause" | "cue"): Promise<void> {
    await this.#run(verb, () => sourcesApi.steer(this.id, verb));
  }

  async toggleLoop(): Promise<void> {
    const source = this.#source();
    const tag = tagOf(this.mixing.peek(), "sources", this.id);
    if (source) await this.#run("loop", () => sourcesApi.save({ ...source, loop: !source.loop }, tag));
  }

  async remove(): Promise<void> {
    const source = this.#source();
    const { mixing, commands, deleted } = this;
    if (source) await this.#run("remove", () => removeSource(source, { mixing, commands, deleted }));
  }

  #source(): SourceView | undefined {
    return this.mixing.peek().board?.sources.find(({ id }) => id === this.id);
  }

  #key(what: string): string {
    return `clip:${this.id}:${what}`;
  }

  #run(what: string, work: () => Promise<unknown>): Promise<unknown> {
    const source = this.#source();
    const name = source ? labelOf(source) : this.id;
    return this.commands.run(this.#key(what), mediaTexts.failed(name), work);
  }
}
