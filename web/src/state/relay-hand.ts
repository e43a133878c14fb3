/** The operator's hand on what takes a guest to their destinations. */

import { deskApi } from "../client/api";
import type { GuestView } from "../client/types";
import { deskTexts } from "../texts.desk";
import type { Commands } from "./commands";

export class RelayHand {
  constructor(
    private readonly guest: Pick<GuestView, "id" | "name">,
    /** Whether it is their shared screen's. */
    private readonly screen: boolean,
    private readonly commands: Commands,
  ) {}

  isRestarting(destination: string): boolean {
    return this.commands.pending.value.has(this.#key(destination));
  }

  /** Have one destination begin anew; the guest's connection goes on. */
  async restart(destination: string): Promise<void> {
    const { id, name } = this.guest;
    await this.commands.run(
      this.#key(destination),
      deskTexts.commandFailed(deskTexts.restartRelay, name),
      () => deskApi.restartRelay(id, destination, this.screen),
    );
  }

  #key(destination: string): string {
    return `relay:${this.guest.id}:${this.screen ? "screen" : "camera"}:${destination}`;
  }
}
