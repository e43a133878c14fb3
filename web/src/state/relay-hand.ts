/** The operator's hand on what takes a guest to their destinations. */

import { deskApi } from "../client/api";
import type { DestinationView, GuestView } from "../client/types";
import { deskTexts } from "../texts.desk";
import { isOnAir } from "./light";
import type { Operator } from "./operator";

/** What begins anew: one destination, of the camera or of a shared screen; null: all that a guest has. */
export type Restarted = { destination: DestinationView; screen: boolean } | null;

type Person = Pick<GuestView, "id" | "name" | "tally" | "heard">;

/** The audience notices, or may: where another program mixes, nobody need have said who is on air. */
export const mayBeOnAir = (guest: Person): boolean => isOnAir(guest) || guest.tally === "unknown";

/** It does what it should. */
export const isWell = ({ reason, state, server_ready }: DestinationView): boolean =>
  !reason && !(state === "live" && server_ready === false);

export class RelayHand {
  constructor(
    private readonly guest: GuestView,
    private readonly operator: Pick<Operator, "commands" | "guestSheet">,
  ) {}

  isRestarting(what: Restarted): boolean {
    const pending = this.operator.commands.pending.value;
    return pending.has(this.#key(what)) || pending.has(this.#key(null));
  }

  /** Whether one question comes before it: nothing is lost where nothing is taken. */
  asks(what: Restarted): boolean {
    return mayBeOnAir(this.guest) && (what === null || isWell(what.destination));
  }

  /** Restart it, or ask first. */
  press(what: Restarted): void {
    const { guest } = this;
    if (this.asks(what)) this.operator.guestSheet.value = { of: "restart", guest, what };
    else void this.restart(what);
  }

  /** Have it begin anew; the guest's connection goes on. */
  async restart(what: Restarted): Promise<void> {
    const { id, name } = this.guest;
    await this.operator.commands.run(
      this.#key(what),
      deskTexts.commandFailed(deskTexts.restartRelay, name),
      () => deskApi.restartRelay(id, what && { destination: what.destination.id, screen: what.screen }),
    );
  }

  #key(what: Restarted): string {
    const part = what === null ? "all" : `${what.screen ? "screen" : "camera"}:${what.destination.id}`;
    return `relay:${this.guest.id}:${part}`;
  }
}
