/** Fader mute of all guests at once, and back to what was: control keeps who is concerned, for every desk. */

import type { ReadonlySignal } from "@preact/signals";
import { mixerApi } from "../client/mixer";
import { mixerTexts } from "../texts.mixer";
import type { Commands } from "./commands";
import type { Mixing } from "./mixing";

const KEY = "mute-all";

/** Whether there are guests' faders, and all of them are muted. */
export function areAllMuted({ board }: Mixing): boolean {
  const guests = (board?.sources ?? []).filter(({ kind }) => kind === "guest");
  return guests.length > 0 && guests.every(({ id }) => board?.strips[id]?.muted);
}

/** Why it can do nothing; null where it can. */
export const muteAllRefuses = (mixing: Mixing): string | null =>
  areAllMuted(mixing) && mixing.board?.muted_by_all.length === 0 ? mixerTexts.mutedOneByOne : null;

export class MuteAll {
  constructor(
    private readonly mixing: ReadonlySignal<Mixing>,
    private readonly commands: Commands,
  ) {}

  get isPending(): boolean {
    return this.commands.pending.value.has(KEY);
  }

  /** Mute all guests; where they are, those get their sound back whom that has muted, and nobody else. */
  async toggle(): Promise<void> {
    const mixing = this.mixing.peek();
    if (this.isPending || muteAllRefuses(mixing) !== null) return;
    await this.commands.run(KEY, mixerTexts.failed.muteAll, () => mixerApi.muteAll(!areAllMuted(mixing)));
  }
}
