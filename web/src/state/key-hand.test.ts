import { effect, signal } from "@preact/signals";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import { sourcesApi } from "../client/library";
import type { SourceView } from "../client/types";
import { KeyHand } from "./key-hand";
import { type Mixing, NOTHING } from "./mixing";
import { type Key, keyOfKind } from "./source-key";

const [GREEN, DARK] = [keyOfKind(null, "chroma"), keyOfKind(null, "luma")];
const GUEST = { id: "guest1", label: "Ada", key: null } as SourceView;

const mixingOf = (change: Partial<SourceView>, tag = "one"): Mixing =>
  ({
    ...NOTHING,
    board: { sources: [{ ...GUEST, ...change }], tags: { sources: { guest1: tag } } },
  }) as unknown as Mixing;

function held() {
  const mixing = signal(mixingOf({}));
  const hand = new KeyHand(GUEST, mixing);
  const save = vi.spyOn(sourcesApi, "save").mockResolvedValue({});
  const stop = effect(() => hand.follow());
  return { mixing, hand, save, stop };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("KeyHand", () => {
  it("sets the key, and says so until it is changed", async () => {
    const { mixing, hand, save } = held();
    hand.change(GREEN);
    mixing.value = mixingOf({ label: "Renamed" }, "two");
    expect([hand.isChanged.value, hand.isOvertaken.value, hand.isSet.value]).toEqual([true, false, false]);
    expect(await hand.set()).toBe(true);
    expect(save).toHaveBeenCalledWith({ ...GUEST, label: "Renamed", key: GREEN }, "two");
    expect([hand.isSet.value, hand.isChanged.value, hand.isOvertaken.value]).toEqual([true, false, false]);
    hand.change({ ...GREEN, tolerance: 0.4 } as Key);
    expect(hand.isSet.value).toBe(false);
  });

  it("is not overtaken by what it has set itself, whenever that is told", async () => {
    const { mixing, hand } = held();
    hand.change(GREEN);
    await hand.set();
    hand.change(DARK);
    await hand.set();
    for (const key of [null, GREEN, DARK]) {
      mixing.value = mixingOf({ key });
      expect([hand.isOvertaken.value, hand.draft.value]).toEqual([false, DARK]);
    }
    hand.change(GREEN);
    mixing.value = mixingOf({ key: null });
    expect(hand.isOvertaken.value).toBe(true);
  });

  it("says where somebody else has keyed it otherwise, and loses nothing of one's own", () => {
    const { mixing, hand } = held();
    hand.change(GREEN);
    mixing.value = mixingOf({ key: DARK });
    expect([hand.isOvertaken.value, hand.draft.value]).toEqual([true, GREEN]);
  });

  it("goes along with others while nothing is changed here", () => {
    const { mixing, hand } = held();
    mixing.value = mixingOf({ key: DARK });
    expect([hand.isOvertaken.value, hand.isChanged.value, hand.draft.value]).toEqual([false, false, DARK]);
  });

  it("is not set where control refuses it", async () => {
    const { hand, save } = held();
    hand.change(GREEN);
    save.mockRejectedValue(new ApiError(412, "overtaken", "guest1 was changed meanwhile"));
    expect(await hand.set()).toBe(false);
    expect([hand.isSet.value, hand.isChanged.value]).toEqual([false, true]);
  });
});
