/** One source's sound under the operator's hand. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { mixerApi } from "../client/mixer";
import { Newest } from "../client/newest";
import type { Follow, StripChange } from "../client/types";
import { mixerTexts } from "../texts.mixer";
import type { Commands } from "./commands";
import type { Mixing } from "./mixing";

export const LOWEST_DB = -60;
export const HIGHEST_DB = 12;
/** Until control's word of the fader has come, after the hand has left it. */
const SETTLE_MS = 500;

export class StripHand {
  /** Where the hand has the fader; null while nobody moves it. */
  readonly fader = signal<number | null>(null);
  readonly #gain = new Newest<number>((gain_db) => this.#set("gain", { gain_db }));
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly source: string,
    private readonly name: string,
    private readonly mixing: ReadonlySignal<Mixing>,
    private readonly commands: Commands,
  ) {}

  isPending(what: "mute" | "follow"): boolean {
    return this.commands.pending.value.has(this.#key(what));
  }

  move(gain: number): void {
    clearTimeout(this.#timer);
    this.fader.value = gain;
    this.#gain.put(gain);
  }

  /** The hand leaves the fader: it stands where control says from now on. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.fader.value = null;
    }, SETTLE_MS);
  }

  async toggleMute(): Promise<void> {
    const muted = this.mixing.peek().board?.strips[this.source]?.muted ?? false;
    await this.#set("mute", { muted: !muted });
  }

  async follow(follow: Follow): Promise<void> {
    await this.#set("follow", { follow });
  }

  #key(what: string): string {
    return `strip:${this.source}:${what}`;
  }

  #set(what: string, change: StripChange): Promise<unknown> {
    return this.commands.run(this.#key(what), mixerTexts.failed.sound(this.name), () =>
      mixerApi.strip(this.source, change),
    );
  }
}
