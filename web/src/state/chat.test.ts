import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DeskEvent } from "../client/types";
import { Chat } from "./chat";
import { words } from "./samples";

const said = (change: Parameters<typeof words>[0]): DeskEvent => ({
  seq: 2,
  type: "chat",
  data: words(change),
});

describe("the chat", () => {
  beforeEach(() => localStorage.clear());

  it("counts what guests said and nobody read, by thread, over a reload", () => {
    const chat = new Chat();
    chat.hear(said({ number: 1 }));
    chat.hear(said({ number: 2, guest: "g1" }));
    chat.hear(said({ number: 3, sender: null }));
    expect(chat.unread.value).toBe(2);
    chat.markRead(null);
    expect([chat.unreadIn(null), chat.unreadIn("g1")]).toEqual([0, 1]);
    const again = new Chat();
    for (const number of [1, 3]) again.hear(said({ number }));
    expect(again.unread.value).toBe(0);
    again.hear(said({ number: 4 }));
    expect(again.unread.value).toBe(1);
  });

  it("asks for what was said while it was not there, and says why words do not get out", async () => {
    const chat = new Chat();
    const answer = vi.spyOn(globalThis, "fetch");
    answer.mockResolvedValueOnce(Response.json({ messages: [words({ number: 7 })], newest: 7 }));
    chat.hear({ seq: 1, type: "snapshot", data: { chat: 7 } } as unknown as DeskEvent);
    await vi.waitFor(() => expect(chat.messages.value.map(({ number }) => number)).toEqual([7]));
    answer.mockRejectedValueOnce(new TypeError("no network"));
    expect(await chat.say("Hello", null)).toBe(false);
    expect(chat.failure.value).toContain("does not answer");
    answer.mockRestore();
  });
});
