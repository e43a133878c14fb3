import { describe, expect, it } from "vitest";
import type { BoardView, DeskEvent, MixerView, SourceView } from "../client/types";
import { heardMixing, type Mixing, NOTHING, stripsOf, tallyOf } from "./mixing";
import { mixer } from "./samples";

const source = (id: string, kind: SourceView["kind"]): SourceView => ({
  id,
  kind,
  label: "",
  color: "#808080",
  url: "",
  slate: "",
  playout_ms: null,
  if_gone: null,
  iso: false,
  loop: true,
  in_s: 0,
  out_s: null,
  autoplay: "always",
  duration_s: null,
  crop: { left: 0, top: 0, right: 0, bottom: 0 },
  zoom: 1,
  offset: { x: 0, y: 0 },
  key: null,
  capture: null,
  clip: null,
});

const BOARD: BoardView = {
  sources: [source("guest1", "guest"), source("guest1-screen", "guest"), source("film", "url")],
  scenes: [],
  strips: {},
  overlays: [],
  outputs: [],
  transition: { kind: "mix", frames: 15, color: "#000000", direction: null, file: "", cut_at: 15 },
  muted_by_all: [],
  tags: { sources: {}, scenes: {}, overlays: {} },
};

const says = (data: MixerView | null): DeskEvent => ({ seq: 2, type: "mixer", data });

describe("heardMixing", () => {
  const begun: Mixing = { ...NOTHING, mixer: mixer(), board: BOARD };

  it("knows that both scenes of a transition are on air, also of one that it did not see begin", () => {
    const moving = mixer({ program: "b", position: 0.1, leaving: "a" });
    const snapshot = { seq: 1, type: "snapshot", data: { mixer: moving, board: BOARD } } as DeskEvent;
    for (const now of [heardMixing(begun, says(moving)), heardMixing(NOTHING, snapshot)])
      expect([tallyOf(now, "a"), tallyOf(now, "b")]).toEqual(["program", "program"]);
    const over = heardMixing(begun, says(mixer({ program: "b", preview: "a" })));
    expect([tallyOf(over, "a"), tallyOf(over, "b")]).toEqual(["preview", "program"]);
  });

  it("says nothing of what is on air while the mixer is not there", () => {
    const gone = heardMixing(begun, says(null));
    expect(tallyOf(gone, "a")).toBe("off");
    expect(gone.board).toBe(BOARD);
  });

  it("has the second canvas that the mixer had until the mixer says something else", () => {
    const size = { width: 720, height: 1280 };
    const has = (...events: DeskEvent[]): Mixing["second"] => events.reduce(heardMixing, begun).second;
    expect(has(says(mixer({ second_canvas: size })))).toEqual(size);
    expect(has(says(mixer({ second_canvas: size })), says(null))).toEqual(size);
    expect(has(says(mixer({ second_canvas: size })), says(null), says(mixer()))).toBeNull();
  });

  it("keeps what a change of the board does not name", () => {
    const transition = { ...BOARD.transition, kind: "wipe", frames: 30 } as const;
    const nothing = {
      sources: null,
      scenes: null,
      strips: null,
      overlays: null,
      outputs: null,
      muted_by_all: null,
      tags: null,
    };
    const data = { ...nothing, transition };
    const changed = heardMixing(begun, { seq: 3, type: "board", data });
    expect(changed.board).toEqual({ ...BOARD, transition });
    expect(heardMixing(NOTHING, { seq: 3, type: "board", data })).toBe(NOTHING);
  });
});

describe("stripsOf", () => {
  it("lists the seats, and others that sound or are on air", () => {
    const ids = (now: MixerView): string[] =>
      stripsOf({ ...NOTHING, mixer: now, board: BOARD }).map(({ id }) => id);
    expect(ids(mixer())).toEqual(["guest1"]);
    expect(ids(mixer({ tally: { film: "program" } }))).toEqual(["guest1", "film"]);
  });
});
