import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatMessage } from "../client/types";
import { GuestChat } from "./guest-chat";
import type { Inside } from "./page";
import { guest } from "./samples";

const INSIDE = { kind: "inside", token: "invite", endpoint: "", guest: guest({ id: "g1" }) } as Inside;
const said = (number: number, sender: string | null = null): ChatMessage => ({
  number,
  sender,
  guest: null,
  name: "",
  text: `words ${number}`,
  at: "2026-03-02T12:00:00Z",
});
const numbers = (messages: readonly ChatMessage[]): number[] => messages.map(({ number }) => number);

describe("GuestChat", () => {
  let chat: GuestChat;
  let asked: string[];
  let answer: () => Response;

  beforeEach(() => {
    asked = [];
    answer = () => Response.json({ messages: [said(1), said(2)], newest: 2 });
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path);
      return answer();
    });
    chat = new GuestChat(signal<Inside | null>(INSIDE));
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("counts what comes until it is looked at, and not what was said before", async () => {
    await chat.catchUp(2);
    expect([numbers(chat.messages.value), chat.unread.value]).toEqual([[1, 2], 0]);
    chat.hear(said(3));
    expect(chat.unread.value).toBe(1);
    chat.open.value = true;
    expect(chat.unread.value).toBe(0);
    chat.hear(said(4));
    expect([chat.unread.value, chat.read.value]).toEqual([0, 4]);
  });

  it("asks for what was said before once, and again where that failed", async () => {
    const found = answer;
    answer = () => Response.json({}, { status: 503 });
    await chat.begin();
    expect(chat.read.value).toBeNull();
    chat.hear(said(2));
    answer = found;
    await chat.begin();
    await chat.begin();
    expect(asked).toEqual(["/api/chat?after=0", "/api/chat?after=0"]);
    // The second was said while the guest was there.
    expect([numbers(chat.messages.value), chat.unread.value]).toEqual([[1, 2], 1]);
  });

  it("asks for what it has missed alone", async () => {
    await chat.catchUp(2);
    await chat.catchUp(2);
    answer = () => Response.json({ messages: [said(5)], newest: 5 });
    await chat.catchUp(5);
    expect(asked).toEqual(["/api/chat?after=0", "/api/chat?after=2"]);
    expect([numbers(chat.messages.value), chat.unread.value]).toEqual([[1, 2, 5], 1]);
  });

  it("keeps nothing of a visit for the next one", async () => {
    const phase = signal<Inside | null>(INSIDE);
    chat = new GuestChat(phase);
    const asking = chat.catchUp(2);
    const saying = chat.say("hello", true);
    chat.clear();
    phase.value = { ...INSIDE, guest: guest({ id: "g2" }) };
    await Promise.all([asking, saying]);
    expect([chat.messages.value, chat.read.value, chat.fault.value]).toEqual([[], null, null]);
  });

  it("says why words were not sent", async () => {
    const problem = { type: "urn:stagedoor:problem:chat_too_fast", code: "chat_too_fast", retryable: true };
    answer = () => Response.json(problem, { status: 503 });
    expect(await chat.say("hello", true)).toBe(false);
    expect(chat.fault.value).toContain("faster");
    answer = () => Response.json(said(6, "g1"));
    expect(await chat.say("hello", true)).toBe(true);
    expect([chat.fault.value, numbers(chat.messages.value)]).toEqual([null, [6]]);
  });

  it("keeps what was not sent, and what was written while the words before it were on their way", async () => {
    chat.draft.value = "hello";
    answer = () => Response.error();
    await chat.send(true);
    expect(chat.draft.value).toBe("hello");
    answer = () => Response.json(said(6, "g1"));
    const sending = chat.send(true);
    chat.draft.value = "hello, and";
    await sending;
    expect([chat.draft.value, numbers(chat.messages.value)]).toEqual(["hello, and", [6]]);
    answer = () => Response.json(said(7, "g1"));
    await chat.send(true);
    expect([chat.draft.value, numbers(chat.messages.value)]).toEqual(["", [6, 7]]);
  });
});
