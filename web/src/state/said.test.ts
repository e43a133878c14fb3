import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import type { ChatList, ChatMessage } from "../client/types";
import { joined, Said, unreadOf } from "./said";
import { words } from "./samples";

const numbered = (...numbers: number[]): ChatMessage[] => numbers.map((number) => words({ number }));
const numbers = (messages: readonly ChatMessage[]): number[] => messages.map(({ number }) => number);

describe("messages", () => {
  it("are each there once and in order, whichever way they came", () => {
    expect(numbers(joined(numbered(2), numbered(1, 2), 9))).toEqual([1, 2]);
    expect(numbers(joined(numbered(1, 2), numbered(3), 9))).toEqual([1, 2, 3]);
    expect(numbers(joined(numbered(2, 4), numbered(3, 4, 1), 9))).toEqual([1, 2, 3, 4]);
    expect(numbers(joined(numbered(1, 2), numbered(3), 2))).toEqual([2, 3]);
  });

  it("are unread if others said them after the one that was read last of their thread", () => {
    const all = [...numbered(1, 2), words({ number: 3, sender: "g2" }), words({ number: 4, sender: null })];
    expect(unreadOf(all, "g2", () => 1)).toBe(2);
    expect(unreadOf(all, null, () => 1)).toBe(2);
    expect(unreadOf([words({ number: 5, guest: "g1" })], null, (guest) => (guest ? 5 : 4))).toBe(0);
  });
});

describe("Said", () => {
  let said: Said;
  let asked: number[];
  let answer: () => ChatList | ApiError;

  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    answer = () => ({ messages: numbered(1, 2), newest: 2 });
    said = new Said(9, async (after) => {
      asked.push(after);
      const found = answer();
      if (found instanceof ApiError) throw found;
      return found;
    });
  });

  afterEach(() => {
    said.clear();
    vi.useRealTimers();
  });

  it("asks for nothing where nothing was said, or nothing is missing", async () => {
    await said.catchUp(0);
    for (const message of numbered(1, 2, 3)) said.hear(message);
    await said.catchUp(3);
    await said.begin();
    expect([asked, numbers(said.messages.value)]).toEqual([[], [1, 2, 3]]);
  });

  it("fills a gap that was not filled at first, though something newer has come meanwhile", async () => {
    await said.catchUp(2);
    answer = () => new ApiError(403, "forbidden", "no");
    await said.catchUp(4);
    expect([said.unknown.value?.code, vi.getTimerCount()]).toEqual(["forbidden", 0]);
    said.hear(words({ number: 5 }));
    answer = () => ({ messages: numbered(3, 4, 5), newest: 5 });
    await said.catchUp(5);
    expect([asked, numbers(said.messages.value)]).toEqual([
      [0, 2, 2],
      [1, 2, 3, 4, 5],
    ]);
    expect(said.unknown.value).toBeNull();
  });

  it("asks again by itself where that may help, until it is cleared", async () => {
    const found = answer;
    answer = () => new ApiError(0, "unreachable", "no answer");
    await said.catchUp(2);
    expect(said.unknown.value?.code).toBe("unreachable");
    answer = found;
    await vi.advanceTimersByTimeAsync(200);
    expect([asked, numbers(said.messages.value), vi.getTimerCount()]).toEqual([[0, 0], [1, 2], 0]);
    answer = () => new ApiError(0, "unreachable", "no answer");
    await said.catchUp(7);
    said.clear();
    expect([said.messages.value, said.unknown.value, vi.getTimerCount()]).toEqual([[], null, 0]);
  });

  it("begins anew once it is cleared, whatever is still on its way from before", async () => {
    const gates: (() => void)[] = [];
    const held = (): Promise<void> => new Promise((resolve) => gates.push(resolve));
    const open = async (): Promise<void> => {
      gates.shift()?.();
      await vi.advanceTimersByTimeAsync(0);
    };
    let asks = 0;
    said = new Said(9, async () => {
      asks += 1;
      await held();
      return answer() as ChatList;
    });
    const say = (number: number) =>
      said.say(async () => {
        await held();
        return words({ number });
      });
    const before = [said.begin(), say(3)];
    said.clear();
    expect(said.busy.value).toBe(false);
    const after = [said.begin(), say(3)];
    expect(asks).toBe(2);
    await open();
    await open();
    expect([said.busy.value, said.messages.value]).toEqual([true, []]);
    await said.begin();
    expect(asks).toBe(2);
    await open();
    await open();
    await Promise.all([...before, ...after]);
    expect([said.busy.value, numbers(said.messages.value)]).toEqual([false, [1, 2, 3]]);
  });

  it("takes its own words for heard, and says why others did not get out", async () => {
    await said.catchUp(2);
    expect(await said.say(async () => words({ number: 3 }))).toBe(true);
    await said.catchUp(3);
    expect([asked, numbers(said.messages.value)]).toEqual([[0], [1, 2, 3]]);
    const failing = said.say(() => Promise.reject(new ApiError(503, "chat_too_fast", "no")));
    expect(await said.say(async () => words({ number: 4 }))).toBe(false);
    expect([await failing, said.unsaid.value?.code, said.busy.value]).toEqual([
      false,
      "chat_too_fast",
      false,
    ]);
  });
});
