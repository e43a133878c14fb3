/** Fader mute of all guests at once, and back to what was. */

import type { ReadonlySignal } from "@preact/signals";
import { mixerApi } from "../client/mixer";
import { mixerTexts } from "../texts.mixer";
import type { Commands } from "./commands";
import type { Mixing } from "./mixing";

const KEY = "mute-all";

/** The guests' sources whose faders are muted, or are not. */
function guestsWhere({ board }: Mixing, muted: boolean): string[] {
  return (board?.sources ?? [])
    .filter(({ id, kind }) => kind === "guest" && (board?.strips[id]?.muted ?? false) === muted)
    .map(({ id }) => id);
}

/** Whether there are guests' faders, and all of them are muted. */
export const areAllMuted = (mixing: Mixing): boolean =>
  guestsWhere(mixing, false).length === 0 && guestsWhere(mixing, true).length > 0;

export class MuteAll {
  /** Whom this page has muted, and has to give their sound back. */
  #muted: readonly string[] = [];

  constructor(
    private readonly mixing: ReadonlySignal<Mixing>,
    private readonly commands: Commands,
  ) {}

  get isPending(): boolean {
    return this.commands.pending.value.has(KEY);
  }

  /** Mute all guests; where they are, those get their sound back who had it before (all, if nobody knows). */
  async toggle(): Promise<void> {
    if (this.isPending) return;
    const open = guestsWhere(this.mixing.peek(), false);
    const all = guestsWhere(this.mixing.peek(), true);
    const own = all.filter((id) => this.#muted.includes(id));
    if (open.length > 0) {
      // Who was muted before it stays so after it; somebody may have come since it was done last.
      this.#muted = [...own, ...open];
      await this.#set(open, true);
      return;
    }
    this.#muted = [];
    await this.#set(own.length > 0 ? own : all, false);
  }

  async #set(sources: readonly string[], muted: boolean): Promise<void> {
    await this.commands.run(KEY, mixerTexts.failed.muteAll, async () => {
      // All at once: nobody is to be heard for longer because others come before.
      await Promise.all(sources.map((source) => mixerApi.strip(source, { muted })));
    });
  }
}
