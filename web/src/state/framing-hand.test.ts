import { signal } from "@preact/signals";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import { sourcesApi } from "../client/library";
import type { SourceView } from "../client/types";
import { errorAt } from "./field-errors";
import { WHOLE, zoomedTo } from "./framing";
import { FramingHand } from "./framing-hand";
import { sourceOf } from "./library";
import { type Mixing, NOTHING } from "./mixing";

const LOGO = {
  ...sourceOf({ id: "logo.png", kind: "still" } as Parameters<typeof sourceOf>[0]),
  id: "logo",
  clip: null,
} as SourceView;

const mixingOf = (source: SourceView, tag = "one"): Mixing =>
  ({ ...NOTHING, board: { sources: [source], tags: { sources: { logo: tag } } } }) as unknown as Mixing;

function held() {
  const mixing = signal(mixingOf(LOGO));
  const hand = new FramingHand(LOGO, mixing);
  const save = vi.spyOn(sourcesApi, "save").mockResolvedValue({});
  return { mixing, hand, save };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("FramingHand", () => {
  it("keeps the framing, and all else of the source as it is by then", async () => {
    const { mixing, hand, save } = held();
    hand.change(zoomedTo(hand.draft.value, 2));
    hand.change({ duration_s: 5, slate: "back-soon.png" });
    mixing.value = mixingOf({ ...LOGO, label: "Renamed" }, "two");
    expect([hand.isOvertaken.value, hand.isDirty.value]).toEqual([false, true]);
    expect(await hand.save()).toBe(true);
    expect(save).toHaveBeenCalledWith(
      { ...LOGO, label: "Renamed", zoom: 2, duration_s: 5, slate: "back-soon.png" },
      "two",
    );
    hand.reset();
    expect(hand.draft.value).toEqual({ ...WHOLE, duration_s: 5, slate: "back-soon.png" });
  });

  it("asks control for nothing where nothing has changed", async () => {
    const { hand, save } = held();
    expect(await hand.save()).toBe(true);
    expect(save).not.toHaveBeenCalled();
  });

  it("has nothing to lose before it is changed, and where the source is no more", () => {
    const { mixing, hand } = held();
    expect(hand.isChanged.value).toBe(false);
    hand.change({ zoom: 2 });
    expect(hand.isChanged.value).toBe(true);
    mixing.value = NOTHING;
    expect(hand.isChanged.value).toBe(false);
  });

  it("says where somebody else has framed it otherwise meanwhile", () => {
    const { mixing, hand } = held();
    mixing.value = mixingOf({ ...LOGO, zoom: 3 });
    expect([hand.isOvertaken.value, hand.isChanged.value]).toEqual([true, false]);
  });

  it("has what control refuses at its field", async () => {
    const { hand, save } = held();
    hand.change({ crop: { left: 0.6, top: 0, right: 0.6, bottom: 0 } });
    save.mockRejectedValue(new ApiError(422, "bad_value", "sources[3].crop.right: leaves nothing of it"));
    expect(await hand.save()).toBe(false);
    expect(errorAt(hand.attempt.errors.value, "crop.right")).toBe("leaves nothing of it");
  });
});
