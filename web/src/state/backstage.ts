/** What a guest and the operators have to say to each other beside the show, from the guest's event stream. */

import { effect, type ReadonlySignal, untracked } from "@preact/signals";
import type { GuestStreamEvent, GuestView } from "../client/types";
import { GuestChat } from "./guest-chat";
import { GuestCommands } from "./guest-commands";
import { Hand } from "./hand";
import type { Media } from "./media";
import type { Inside } from "./page";
import type { Visit } from "./visit";

/** Only those who are in may read what was said. */
const isPresent = ({ state }: GuestView): boolean => state === "lobby" || state === "seated";

export class Backstage {
  readonly commands: GuestCommands;
  readonly chat: GuestChat;
  readonly hand: Hand;

  /**
   * @param visit Keeps over a reload what is on the screen and what was read.
   * @param low Whether the line carries a smaller picture only.
   */
  constructor(
    media: Media,
    visit: Visit,
    inside: ReadonlySignal<Inside | null>,
    low: ReadonlySignal<boolean>,
  ) {
    this.commands = new GuestCommands(media, inside, low);
    this.chat = new GuestChat(inside);
    this.hand = new Hand(inside);
    const { seen } = visit;
    if (seen) {
      this.commands.shown.value = seen.shown;
      this.chat.read.value = seen.read;
    }
    let wasInside = false;
    effect(() => {
      const [shown, read] = [this.commands.shown.value, this.chat.read.value];
      if (inside.value) visit.keepSeen({ shown, read });
      else if (wasInside) untracked(() => this.#clear(visit));
      wasInside = inside.value !== null;
    });
  }

  hear(event: GuestStreamEvent): void {
    if (event.type === "command") void this.commands.take(event.data);
    if (event.type === "chat") this.chat.hear(event.data);
    if (event.type === "guest" && isPresent(event.data)) void this.chat.begin();
    if (event.type !== "snapshot") return;
    const { guest, commands, chat } = event.data;
    for (const command of commands) void this.commands.take(command);
    if (isPresent(guest)) void this.chat.catchUp(chat);
  }

  /** The visit is over: nothing of it is for whoever comes next. */
  #clear(visit: Visit): void {
    this.commands.clear();
    this.chat.clear();
    this.hand.clear();
    visit.keepSeen(null);
  }
}
