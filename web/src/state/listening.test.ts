import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mixerApi } from "../client/mixer";
import { ANSWER_MS, Listening, PROGRAM } from "./listening";
import { PAGE_NAME } from "./page-name";

vi.mock("./viewer", () => ({
  Viewer: class {
    stop = vi.fn();
    constructor(
      readonly wanted: unknown,
      private readonly before: (signal: AbortSignal) => Promise<unknown>,
    ) {}
    start(): void {
      void this.before(new AbortController().signal);
    }
  },
}));

const asked = vi.spyOn(mixerApi, "monitor");
const last = (): unknown => asked.mock.lastCall?.slice(0, 2);

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockReset().mockResolvedValue({ path: "" });
});
afterEach(() => vi.useRealTimers());

describe("Listening", () => {
  it("hears whoever is spoken to, and a while longer, where nothing is listened to", () => {
    const listening = new Listening();
    listening.answer(["guest2"]);
    expect([listening.to.value, last()]).toEqual([null, [PAGE_NAME, ["guest2"]]]);
    listening.answered();
    vi.advanceTimersByTime(ANSWER_MS - 1);
    expect(listening.viewer.value).not.toBeNull();
    listening.answer(["guest2"]);
    listening.answered();
    vi.advanceTimersByTime(ANSWER_MS - 1);
    expect([listening.answers.value, asked.mock.calls.length]).toEqual([["guest2"], 1]);
    vi.advanceTimersByTime(1);
    expect([listening.answers.value, listening.viewer.value]).toEqual([[], null]);
  });

  it("leaves what is listened to as it is: the answer comes there", () => {
    const listening = new Listening();
    listening.toggle(PROGRAM);
    const viewer = listening.viewer.value;
    listening.answer(["guest2"]);
    listening.answered();
    vi.advanceTimersByTime(2 * ANSWER_MS);
    expect([listening.to.value, listening.viewer.value, last()]).toEqual([PROGRAM, viewer, [PAGE_NAME, []]]);
  });

  it("goes from an answer to what somebody wants to hear", () => {
    const listening = new Listening();
    listening.answer(["guest2"]);
    listening.answered();
    listening.toggle("guest3");
    vi.advanceTimersByTime(2 * ANSWER_MS);
    expect([listening.to.value, listening.answers.value, last()]).toEqual([
      "guest3",
      [],
      [PAGE_NAME, ["guest3"]],
    ]);
  });

  it("says again what is listened to, and nothing where nothing is", async () => {
    const listening = new Listening();
    await listening.again();
    expect(asked).not.toHaveBeenCalled();
    listening.toggle("guest3");
    asked.mockClear();
    await listening.again();
    expect(last()).toEqual([PAGE_NAME, ["guest3"]]);
    listening.toggle(PROGRAM);
    await listening.again();
    expect(last()).toEqual([PAGE_NAME, []]);
  });
});
