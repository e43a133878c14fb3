import { signal } from "@preact/signals";
import { afterEach, describe, expect, it, vi } from "vitest";
import { mixerApi } from "../client/mixer";
import { Commands } from "./commands";
import { heardMixing, type Mixing, NOTHING } from "./mixing";
import { areAllMuted, MuteAll, muteAllRefuses } from "./mute-all";

/** What control tells of these faders; whom "mute all" has muted. */
function told(muted: Record<string, boolean>, byAll: readonly string[] = []): Mixing {
  const board = {
    sources: [...Object.keys(muted).map((id) => ({ id, kind: "guest" })), { id: "film", kind: "url" }],
    strips: Object.fromEntries(Object.entries(muted).map(([id, is]) => [id, { muted: is }])),
    muted_by_all: byAll,
  };
  return { ...NOTHING, board } as unknown as Mixing;
}

async function asked(mixing: Mixing): Promise<unknown[]> {
  const sent = vi.spyOn(mixerApi, "muteAll").mockResolvedValue({});
  await new MuteAll(signal(mixing), new Commands()).toggle();
  return sent.mock.calls.map(([muted]) => muted);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("MuteAll", () => {
  it("mutes all while anybody is open, also where it was pressed before", async () => {
    expect(await asked(told({ guest1: false, guest2: true }))).toEqual([true]);
    vi.restoreAllMocks();
    expect(await asked(told({ guest1: false, guest2: true }, ["guest2"]))).toEqual([true]);
  });

  it("takes back what another desk has done: who is concerned comes from control", async () => {
    expect(await asked(told({ guest1: true, guest2: true }, ["guest1"]))).toEqual([false]);
  });

  it("gives no sound to those who were muted one by one, and says so", async () => {
    const mixing = told({ guest1: true, guest2: true });
    expect(areAllMuted(mixing)).toBe(true);
    expect(await asked(mixing)).toEqual([]);
    expect(muteAllRefuses(mixing)).toMatch(/one by one/);
    expect(muteAllRefuses(told({ guest1: true }, ["guest1"]))).toBeNull();
    expect(muteAllRefuses(told({}))).toBeNull();
  });

  it("follows the board's events", () => {
    const before = told({ guest1: true });
    const data = { muted_by_all: ["guest1"] };
    const after = heardMixing(before, { seq: 2, type: "board", data } as never);
    expect(after.board?.muted_by_all).toEqual(["guest1"]);
    expect(heardMixing(after, { seq: 3, type: "board", data: {} } as never).board?.muted_by_all).toEqual([
      "guest1",
    ]);
  });
});
