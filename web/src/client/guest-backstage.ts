/** What a guest's page answers and says beside the show: commands, a raised hand, the chat. */

import { call, guestPath } from "./api";
import type { ChatList, ChatMessage, ChatRequest, CommandAnswer, GuestView } from "./types";

/** By the invite that the page was opened with. */
export const backstageApi = {
  answer: (token: string, id: string, command: string, body: CommandAnswer): Promise<unknown> =>
    call("POST", guestPath(id, `commands/${encodeURIComponent(command)}`), { token, body }),
  hand: (token: string, id: string, raised: boolean): Promise<GuestView> =>
    call("POST", guestPath(id, "hand"), { token, body: { raised } }),
  /** What was said after the message of that number. */
  chat: (token: string, after: number): Promise<ChatList> =>
    call("GET", `/api/chat?${new URLSearchParams({ after: String(after) })}`, { token }),
  say: (token: string, body: ChatRequest): Promise<ChatMessage> => call("POST", "/api/chat", { token, body }),
};
