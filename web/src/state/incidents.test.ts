import { describe, expect, it } from "vitest";
import type { BoardView, DeskEvent, IncidentView, SceneView } from "../client/types";
import type { Desk } from "./desk";
import { lookedAt, raisedOf, unseenOf } from "./hands";
import { endedOf, heardIncidents, lostOnAir, openOf, wayOut } from "./incidents";
import { NOTHING } from "./mixing";
import { guest, incident, mixer } from "./samples";

const LOST = incident({ id: "lost", code: "guest_lost", severity: "critical", source: "guest1" });
const desk = (...guests: ReturnType<typeof guest>[]): Desk =>
  ({ guests: new Map(guests.map((each) => [each.id, each])) }) as unknown as Desk;
const scene = (id: string, ...sources: string[]): SceneView =>
  ({ id, label: id, slots: sources.map((source) => ({ source })) }) as unknown as SceneView;

describe("incidents", () => {
  it("have who is lost on air first, then outputs that fail, then what is critical, then the newest", () => {
    const all = [
      incident({ id: "old" }),
      incident({ id: "guest1", kind: "destination", since: "2026-11-26T10:10:00Z" }),
      incident({
        id: "web",
        kind: "destination",
        severity: "critical",
        guest: null,
        output: "web",
        since: "2026-11-26T09:00:00Z",
      }),
      incident({ id: "late", code: "mixer_late", severity: "critical", since: "2026-11-26T10:30:00Z" }),
      LOST,
      incident({ id: "new", since: "2026-11-26T10:20:00Z" }),
      incident({ id: "over", ended: "2026-11-26T10:21:00Z" }),
    ];
    expect(openOf(all).map(({ id }) => id)).toEqual(["lost", "web", "late", "new", "guest1", "old"]);
    expect(endedOf(all, Date.parse("2026-11-26T11:00:00Z")).map(({ id }) => id)).toEqual(["over"]);
    expect(endedOf(all, Date.parse("2026-11-26T12:00:00Z"))).toEqual([]);
  });

  it("change in their place, and end", () => {
    const ended = { ...LOST, ended: "2026-11-26T10:01:00Z" };
    const after = heardIncidents([LOST, incident()], { seq: 2, type: "incident", data: ended });
    expect(after).toHaveLength(2);
    expect(openOf(after).map(({ id }) => id)).toEqual(["i1"]);
  });

  it("are kept while they last, and the newest 200 of those that have ended", () => {
    const end = (at: number): DeskEvent => {
      const ended = new Date(Date.parse("2026-11-26T10:00:00Z") + at).toISOString();
      return { seq: 2, type: "incident", data: incident({ id: `i${at}`, ended }) };
    };
    const after = Array.from({ length: 210 }, (_, at) => end(at)).reduce(heardIncidents, [
      LOST,
    ] as readonly IncidentView[]);
    expect(after).toHaveLength(201);
    expect(openOf(after)).toEqual([LOST]);
    expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining(["i10", "i209"]));
  });

  it("offer a scene without who is lost: preview's, else the first; none where nobody is lost on air", () => {
    const scenes = [scene("both", "guest1", "guest2"), scene("other", "guest2"), scene("pattern", "p")];
    const board = { scenes } as unknown as BoardView;
    const now = (preview: string) => ({ ...NOTHING, board, mixer: mixer({ program: "both", preview }) });
    expect(wayOut([LOST], now("pattern"))?.id).toBe("pattern");
    expect(wayOut([LOST], now("both"))?.id).toBe("other");
    expect(wayOut([{ ...LOST, severity: "warning" }], now("pattern"))).toBeNull();
    expect(wayOut([{ ...LOST, ended: LOST.since }], now("pattern"))).toBeNull();
    expect(wayOut([LOST], NOTHING)).toBeNull();
  });

  it("offer none that shows who is lost on the second canvas, where there is one", () => {
    const tall = { ...scene("tall", "guest2"), second: scene("", "guest1").slots };
    const board = { scenes: [scene("one", "guest1"), tall, scene("pattern", "p")] } as unknown as BoardView;
    const now = { ...NOTHING, board, mixer: mixer({ program: "one", preview: "one" }) };
    expect(wayOut([LOST], now)?.id).toBe("tall");
    expect(wayOut([LOST], { ...now, second: { width: 720, height: 1280 } })?.id).toBe("pattern");
  });

  it("offer none that shows anything that is lost, on air or not, while there is another", () => {
    const behind = { ...scene("behind", "p"), background: "guest1" };
    const scenes = [scene("both", "guest1"), scene("shared", "guest1-screen"), behind, scene("film", "film")];
    const board = { scenes: [...scenes, scene("two", "guest2")] } as unknown as BoardView;
    const now = { ...NOTHING, board, mixer: mixer({ program: "both", preview: "film" }) };
    const film = incident({ id: "film", code: "source_lost", severity: "critical", source: "film" });
    const away = incident({ id: "away", code: "guest_lost", source: "guest2" });
    expect(wayOut([LOST], now)?.id).toBe("film");
    expect(wayOut([LOST, film], now)?.id).toBe("two");
    expect(wayOut([LOST, film, away], now)?.id).toBe("two");
    expect(lostOnAir([away, film, LOST]).map(({ id }) => id)).toEqual(["film", "lost"]);
  });
});

describe("hands", () => {
  it("are counted until somebody looks, and anew when they go up again", () => {
    const up = guest({ hand_raised: "2026-11-26T10:00:00Z" });
    const now = desk(up, guest({ id: "g2" }));
    expect(raisedOf(now).map(({ id }) => id)).toEqual(["g1"]);
    expect(unseenOf(now, new Map())).toHaveLength(1);
    const seen = lookedAt(now);
    expect(unseenOf(now, seen)).toEqual([]);
    expect(unseenOf(desk({ ...up, hand_raised: "2026-11-26T10:05:00Z" }), seen)).toHaveLength(1);
  });
});
