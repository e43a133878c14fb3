import { signal } from "@preact/signals";
import { afterEach, describe, expect, it, vi } from "vitest";
import { mixerApi } from "../client/mixer";
import { Commands } from "./commands";
import { type Mixing, NOTHING } from "./mixing";
import { areAllMuted, MuteAll } from "./mute-all";

/** A board whose strips do what they are told. */
function desk(muted: Record<string, boolean>) {
  const board = {
    sources: [...Object.keys(muted).map((id) => ({ id, kind: "guest" })), { id: "film", kind: "url" }],
    strips: Object.fromEntries(Object.entries(muted).map(([id, is]) => [id, { muted: is }])),
  };
  const mixing = signal({ ...NOTHING, board } as unknown as Mixing);
  const told = vi.spyOn(mixerApi, "strip").mockImplementation(async (source, change) => {
    const strips = { ...mixing.value.board?.strips, [source]: change };
    mixing.value = { ...mixing.value, board: { ...mixing.value.board, strips } } as Mixing;
  });
  const isMuted = (): unknown =>
    Object.fromEntries(
      Object.entries(mixing.value.board?.strips ?? {}).map(([id, strip]) => [id, strip.muted]),
    );
  return { mixing, told, isMuted, all: new MuteAll(mixing, new Commands()) };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("MuteAll", () => {
  it("mutes every guest and gives back what was", async () => {
    const { all, isMuted, mixing } = desk({ guest1: false, guest2: true, guest3: false });
    await all.toggle();
    expect(isMuted()).toEqual({ guest1: true, guest2: true, guest3: true });
    expect(areAllMuted(mixing.value)).toBe(true);
    await all.toggle();
    expect(isMuted()).toEqual({ guest1: false, guest2: true, guest3: false });
  });

  it("remembers whom it has muted when somebody comes and it is pressed again", async () => {
    const { all, isMuted, mixing } = desk({ guest1: false, guest2: true, guest3: true });
    await all.toggle();
    const strips = { ...mixing.value.board?.strips, guest3: { muted: false } };
    mixing.value = { ...mixing.value, board: { ...mixing.value.board, strips } } as unknown as Mixing;
    await all.toggle();
    expect(isMuted()).toEqual({ guest1: true, guest2: true, guest3: true });
    await all.toggle();
    expect(isMuted()).toEqual({ guest1: false, guest2: true, guest3: false });
  });

  it("opens all where nobody knows what was, and touches nothing but guests", async () => {
    const { all, isMuted, told } = desk({ guest1: true, guest2: true });
    await all.toggle();
    expect(isMuted()).toEqual({ guest1: false, guest2: false });
    expect(told.mock.calls.map(([source]) => source)).toEqual(["guest1", "guest2"]);
  });
});
