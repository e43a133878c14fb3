import { describe, expect, it } from "vitest";
import type { GuestView, IncidentView } from "../client/types";
import { type AlertKind, type Attention, attend, countOf, lookedAtAll, mattersOf } from "./attention";
import type { Desk } from "./desk";
import { guest, incident } from "./samples";

const LOST = incident({ id: "lost", code: "guest_lost", severity: "critical" });
const DOWN = incident({ id: "down", kind: "destination", severity: "critical", guest: null, output: "web" });
const ENDED = "2026-11-26T10:00:05Z";

interface Told {
  guests?: GuestView[];
  incidents?: IncidentView[];
}

/** One step after the other, each with what there is then; the state after each. */
function seen(steps: readonly Told[], looking: AlertKind[] = []): Attention[] {
  const after: Attention[] = [];
  for (const { guests = [], incidents = [] } of steps) {
    const before = after.at(-1) ?? null;
    const desk = { guests: new Map(guests.map((each) => [each.id, each])) } as unknown as Desk;
    const matters = mattersOf(desk, incidents, before?.known ?? new Set());
    after.push(attend(before, matters, new Set(looking)));
  }
  return after;
}

const counts = (attention: Attention | undefined): number[] =>
  (["knock", "lost", "output"] as const).map((kind) => countOf(attention ?? null, kind));
const heard = (all: readonly Attention[]): string[][] => all.map(({ fresh }) => fresh.map(({ id }) => id));

describe("alerts", () => {
  it("are counted by kind, and heard once each", () => {
    const all = seen([
      {},
      { guests: [guest()] },
      { guests: [guest(), guest({ id: "g2" })], incidents: [LOST] },
      { guests: [guest(), guest({ id: "g2" })], incidents: [LOST, DOWN] },
      { guests: [guest(), guest({ id: "g2" })], incidents: [LOST, DOWN] },
    ]);
    expect(all.map(counts)).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [2, 1, 0],
      [2, 1, 1],
      [2, 1, 1],
    ]);
    expect(heard(all)).toEqual([[], ["g1"], ["g2", "lost"], ["down"], []]);
  });

  it("of what was there when the page came are counted where it lasts, and not heard", () => {
    const over = { ...DOWN, ended: ENDED };
    const all = seen([{ guests: [guest()], incidents: [LOST, over] }, {}]);
    expect(counts(all[0])).toEqual([1, 1, 0]);
    expect(heard(all)).toEqual([[], []]);
  });

  it("last until looked at: a guest who was lost for a moment leaves a trace", () => {
    const all = seen([{}, { incidents: [LOST] }, { incidents: [{ ...LOST, ended: ENDED }] }]);
    const [, , after] = all;
    expect(counts(after)).toEqual([0, 1, 0]);
    expect(after && counts(lookedAtAll(after, "lost"))).toEqual([0, 0, 0]);
    expect(after && counts(lookedAtAll(after, "output"))).toEqual([0, 1, 0]);
  });

  it("come of what began and ended between two words of control", () => {
    const all = seen([{}, { incidents: [{ ...LOST, ended: ENDED }] }]);
    expect([counts(all[1]), heard(all)[1]]).toEqual([[0, 1, 0], ["lost"]]);
  });

  it("are heard, and not counted, while somebody looks", () => {
    const all = seen([{}, { guests: [guest()] }], ["knock"]);
    expect([counts(all[1]), heard(all)[1]]).toEqual([[0, 0, 0], ["g1"]]);
  });

  it("come of who waits, not of who is on the way, checks, or was let in", () => {
    const all = seen([
      {},
      { guests: [guest({ away: true })] },
      { guests: [guest({ state: "checking" })] },
      { guests: [guest()] },
      { guests: [guest({ away: true })] },
      { guests: [guest()] },
      { guests: [guest({ state: "seated" })] },
      { guests: [guest()] },
      {},
      { guests: [guest()] },
    ]);
    expect(all.map((each) => countOf(each, "knock"))).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 1]);
    expect(heard(all).flat()).toEqual(["g1", "g1"]);
  });

  it("come of outputs, whatever their code, and of guests only on air", () => {
    const warned = incident({ code: "guest_lost" });
    const all = seen([{}, { incidents: [warned, { ...DOWN, code: "destination_refused" }] }]);
    expect(counts(all[1])).toEqual([0, 0, 1]);
  });

  it("come of where a guest is published to, once however grave it becomes, until looked at", () => {
    const down = { ...DOWN, severity: "warning", output: null } as const;
    const back = { ...down, ended: ENDED };
    const all = seen([{}, { incidents: [down] }, { incidents: [DOWN] }, { incidents: [back] }]);
    expect(all.map((each) => countOf(each, "output"))).toEqual([0, 1, 1, 1]);
    expect(heard(all)).toEqual([[], ["down"], [], []]);
    const [, , , after] = all;
    expect(after && counts(lookedAtAll(after, "output"))).toEqual([0, 0, 0]);
  });

  it("are bounded", () => {
    const many = Array.from({ length: 200 }, (_, at) => incident({ ...DOWN, id: `${at}` }));
    expect(seen([{}, { incidents: many }])[1]?.alerts.length).toBe(99);
  });
});
