import { describe, expect, it } from "vitest";
import type { BoardView, CardView } from "../client/types";
import { type LowerThird, lowerThirdOf } from "./lower-third";
import { mixer, overlay } from "./samples";

const board = (...overlays: CardView[]): BoardView => ({
  sources: [],
  scenes: [],
  strips: {},
  overlays,
  outputs: [],
  transition: { kind: "mix", frames: 15, color: "#000000", direction: null, file: "", cut_at: 15 },
  muted_by_all: [],
  tags: { sources: {}, scenes: {}, overlays: {} },
});

describe("lowerThirdOf", () => {
  const of = (...overlays: CardView[]): LowerThird | null =>
    lowerThirdOf({ mixer: mixer(), board: board(...overlays), second: null, people: new Map() }, "guest1");
  const id = "lower-third-guest1";

  it("is off before it was ever asked for, whatever others show", () => {
    const other = overlay({ id: "lower-third-guest2", on: true, shown: true });
    expect(of(other)).toEqual({ id, shows: null, isPending: false });
  });

  it("is on air when the mixer says so, not when it is asked for", () => {
    expect(of(overlay({ id, on: true, shown: false }))).toEqual({ id, shows: null, isPending: true });
    expect(of(overlay({ id, on: true, shown: true }))).toEqual({ id, shows: "Ada", isPending: false });
    expect(of(overlay({ id, on: false, shown: true }))).toEqual({ id, shows: "Ada", isPending: true });
    expect(of(overlay({ id, on: true, shown: null }))).toEqual({ id, shows: null, isPending: false });
  });

  it("is nothing while there is no mixer", () => {
    const lost = { mixer: null, board: board(), second: null, people: new Map() };
    expect(lowerThirdOf(lost, "guest1")).toBeNull();
  });
});
