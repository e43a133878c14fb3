import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import { mixerApi } from "../client/mixer";
import { watch } from "../client/whep";
import { ANSWER_MS, Listening, PROGRAM } from "./listening";
import { PAGE_NAME } from "./page-name";

vi.mock("../client/whep", () => ({ watch: vi.fn(() => new Promise(() => undefined)) }));

const asked = vi.spyOn(mixerApi, "monitor");
const last = (): unknown => asked.mock.lastCall?.slice(0, 2);

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockReset().mockResolvedValue({ path: "" });
  vi.mocked(watch).mockClear();
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

  describe("where control refuses the monitor", () => {
    const GONE = new ApiError(422, "source_unknown", "there is no source lobby-g_1");
    const opened = (): number => vi.mocked(watch).mock.calls.length;
    const AGAIN_MS = 2000;

    it("opens nothing, tries again by itself, and hears them once it does not", async () => {
      asked.mockRejectedValueOnce(GONE);
      const listening = new Listening();
      listening.answer(["lobby-g_1"]);
      await vi.advanceTimersByTimeAsync(0);
      expect([listening.viewer.value?.link.value.kind, opened()]).toEqual(["waiting", 0]);
      await vi.advanceTimersByTimeAsync(AGAIN_MS);
      expect([last(), opened()]).toEqual([[PAGE_NAME, ["lobby-g_1"]], 1]);
    });

    it("leaves off once nobody is spoken to any more", async () => {
      asked.mockRejectedValue(GONE);
      const listening = new Listening();
      listening.answer(["lobby-g_1"]);
      listening.answered();
      await vi.advanceTimersByTimeAsync(ANSWER_MS);
      const { length } = asked.mock.calls;
      await vi.advanceTimersByTimeAsync(10 * ANSWER_MS);
      expect([listening.viewer.value, opened(), asked.mock.calls.length]).toEqual([null, 0, length]);
      expect(length).toBeGreaterThan(1);
    });

    it("keeps what is listened to when it cannot be said again", async () => {
      const listening = new Listening();
      listening.toggle("guest3");
      const viewer = listening.viewer.value;
      asked.mockRejectedValueOnce(GONE);
      await listening.again();
      expect([listening.to.value, listening.viewer.value]).toEqual(["guest3", viewer]);
    });
  });
});
