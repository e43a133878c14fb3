/** What the operator's page asks of guests' pages, of the chat and of test guests; the cookie says who asks. */

import { call, guestPath } from "./api";
import type { ChatList, ChatMessage, CommandView, GuestCommand, GuestView } from "./types";

export const backstageApi = {
  /** Answers once it is on its way; what becomes of it is told as events. */
  command: (guest: string, body: GuestCommand): Promise<CommandView> =>
    call("POST", guestPath(guest, "commands"), { body }),
  commands: (guest: string): Promise<{ commands: CommandView[] }> =>
    call("GET", guestPath(guest, "commands")),
  lowerHand: (guest: string): Promise<GuestView> =>
    call("POST", guestPath(guest, "hand"), { body: { raised: false } }),
  chat: (after: number): Promise<ChatList> =>
    call("GET", `/api/chat?${new URLSearchParams({ after: `${after}` })}`),
  /** To everyone, or to one guest. */
  say: (text: string, guest: string | null): Promise<ChatMessage> =>
    call("POST", "/api/chat", { body: { text, guest } }),
  makeTestGuest: (): Promise<GuestView> => call("POST", "/api/test-guest"),
  endTestGuest: (guest: string): Promise<unknown> =>
    call("DELETE", `/api/test-guest/${encodeURIComponent(guest)}`),
};
