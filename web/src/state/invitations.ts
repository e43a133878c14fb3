/** The links that work, and those that this dialog has made. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { deskApi } from "../client/api";
import type { InviteRequest, InviteView } from "../client/types";
import { deskTexts } from "../texts.desk";
import { Attempt } from "./attempt";
import type { Commands } from "./commands";

const KEY = "invites";

export class Invitations {
  readonly open = signal<readonly InviteView[]>([]);
  /** What is shown: made just now, or picked from the list. */
  readonly shown = signal<readonly InviteView[]>([]);
  readonly attempt = new Attempt();
  #isStale = false;

  constructor(private readonly commands: Commands) {}

  /** Read which links work; once more where that has changed meanwhile. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    if (this.commands.pending.peek().has(KEY)) return;
    while (this.#isStale) {
      this.#isStale = false;
      const found = await this.commands.run(KEY, deskTexts.invitesOpen, deskApi.invites);
      if (!found) return;
      const works = new Set(found.invites.map(({ id }) => id));
      this.open.value = found.invites;
      // What somebody has revoked is not given away any more.
      this.shown.value = this.shown.peek().filter(({ id }) => works.has(id));
    }
  }

  /** Make one link for each of these; what was made stays where a later one is refused. */
  async make(requests: readonly InviteRequest[]): Promise<void> {
    const made: InviteView[] = [];
    await this.attempt.run(async () => {
      for (const request of requests) made.push(await deskApi.invite(request));
    });
    if (made.length > 0) this.shown.value = made;
    await this.refresh();
  }

  isRevoking({ id }: InviteView): boolean {
    return this.commands.pending.value.has(`invite:${id}`);
  }

  async revoke({ id }: InviteView): Promise<void> {
    await this.commands.run(`invite:${id}`, deskTexts.inviteRevoke, () => deskApi.revoke(id));
    await this.refresh();
  }
}

/** Every link on a line of its own, after its seat. */
export const asText = (invites: readonly InviteView[], label: (invite: InviteView) => string): string =>
  invites.map((invite) => `${label(invite)}: ${invite.url}`).join("\n");

/** Read the list at once, and whenever control says that it has changed. */
export const followInvites = (invitations: Invitations, changes: ReadonlySignal<number>): (() => void) =>
  changes.subscribe(() => void invitations.refresh());
