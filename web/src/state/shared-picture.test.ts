import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { MixerView, MultiviewCell } from "../client/types";
import { NOTHING } from "./mixing";
import { mixer } from "./samples";
import { SharedPicture } from "./shared-picture";

type Status = MixerView["sources"][number];

const LAG_MS = 700;
const cell = (source: string, x: number): MultiviewCell => ({ source, x, y: 0.5, width: 0.25, height: 0.25 });
const status = (change: Partial<Status>): Status =>
  ({ id: "guest1", state: "live", has_video: true, ...change }) as Status;

function made(change: Partial<MixerView>): { shared: SharedPicture; hear: (c: Partial<MixerView>) => void } {
  const mixing = signal({ ...NOTHING, mixer: mixer(change) });
  const shared = new SharedPicture(mixing);
  shared.shows({} as HTMLVideoElement, LAG_MS);
  return {
    shared,
    hear: (next) => {
      mixing.value = { ...NOTHING, mixer: mixer(next) };
    },
  };
}

describe("where a source is in the multiview", () => {
  it("is known at once of what was there before the page", () => {
    const { shared } = made({ multiview: [cell("guest1", 0)] });
    expect(shared.has("guest1")).toBe(true);
    expect(shared.placeOf("guest1", performance.now())).toEqual(cell("guest1", 0));
    expect(shared.has("lobby-g_1")).toBe(false);
    expect(shared.placeOf("lobby-g_1", performance.now())).toBeNull();
  });

  it("is not said of what moves until the picture that shows it there has come", () => {
    const { shared, hear } = made({ multiview: [cell("guest1", 0), cell("guest2", 0.25)] });
    hear({ multiview: [cell("guest1", 0), cell("guest1-screen", 0.25), cell("guest2", 0.5)] });
    const now = performance.now();
    expect(shared.placeOf("guest1", now)).toEqual(cell("guest1", 0));
    expect([shared.placeOf("guest2", now), shared.placeOf("guest1-screen", now)]).toEqual([null, null]);
    const later = now + LAG_MS + 1;
    hear({ multiview: [cell("guest1", 0), cell("guest1-screen", 0.25), cell("guest2", 0.5)], frame: 9 });
    expect(shared.placeOf("guest2", later)).toEqual(cell("guest2", 0.5));
    expect(shared.placeOf("guest1-screen", later)).toEqual(cell("guest1-screen", 0.25));
  });

  it("is nowhere while the server refuses the multiview", () => {
    const { shared } = made({ multiview: [cell("guest1", 0)] });
    shared.isRefused.value = true;
    expect(shared.has("guest1")).toBe(false);
  });
});

describe("what is wrong with a source's picture", () => {
  it.each([
    [{}, null],
    [{ state: "stalled" }, "still"],
    [{ state: "gone" }, "missing"],
    [{ state: "connecting", has_video: false }, "missing"],
    [{ has_video: false }, "missing"],
  ] as const)("is what the mixer measures: %o", (change, lack) => {
    const { shared } = made({ sources: [status(change)] });
    shared.motion.value = "moves";
    expect(shared.lackOf("guest1")).toBe(lack);
  });

  it("is what is wrong with the multiview itself, too", () => {
    const { shared } = made({ sources: [status({})] });
    expect(shared.lackOf("guest1")).toBe("opening");
    shared.motion.value = "still";
    expect(shared.lackOf("guest1")).toBe("still");
  });
});

it("is wanted for as long as somebody wants it", () => {
  const { shared } = made({});
  const [one, two] = [shared.want(), shared.want()];
  one();
  expect(shared.wanted.value).toBe(1);
  two();
  expect(shared.wanted.value).toBe(0);
});
