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
    chat.write(null, "Hello");
    await chat.send(null);
    expect([chat.failureOf(null), chat.draftOf(null)]).toEqual([
      expect.stringContaining("does not answer"),
      "Hello",
    ]);
    expect(chat.failureOf("g1")).toBe("");
    answer.mockRestore();
  });

  it("keeps what is written to each thread, and what was written while the words before it went out", async () => {
    const chat = new Chat();
    let arrive = (_: Response): void => undefined;
    const arrived = new Promise<Response>((resolve) => {
      arrive = resolve;
    });
    const answer = vi.spyOn(globalThis, "fetch").mockReturnValueOnce(arrived);
    chat.write("g1", "You are next ");
    chat.write(null, "Two minutes");
    const first = chat.send(null);
    await chat.send("g1");
    expect(answer).toHaveBeenCalledTimes(1);
    chat.write(null, "Two minutes left");
    arrive(Response.json(words({ number: 1, sender: null, text: "Two minutes" })));
    await first;
    expect([chat.draftOf(null), chat.draftOf("g1")]).toEqual(["Two minutes left", "You are next "]);
    answer.mockResolvedValueOnce(Response.json(words({ number: 2, sender: null, guest: "g1" })));
    await chat.send("g1");
    expect([chat.draftOf(null), chat.draftOf("g1")]).toEqual(["Two minutes left", ""]);
    expect(JSON.parse(String(answer.mock.lastCall?.[1]?.body))).toMatchObject({ text: "You are next" });
    answer.mockRestore();
  });
});
