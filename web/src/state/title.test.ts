import { signal } from "@preact/signals";
import { expect, it } from "vitest";
import type { Alert, Attention } from "./attention";
import type { Desk } from "./desk";
import { guest } from "./samples";
import { pageTitle } from "./title";

function told(alerts: Alert[], guests: ReturnType<typeof guest>[] = [], unread = 0): string {
  const desk = { guests: new Map(guests.map((each) => [each.id, each])) } as unknown as Desk;
  const attention: Attention = { alerts, fresh: [], known: new Set() };
  return pageTitle({
    desk: signal<Desk | null>(desk),
    handsSeen: signal(new Map()),
    chat: { unread: signal(unread) },
    alerts: { attention: signal<Attention | null>(attention) },
  });
}

it("has who waits, and nothing else on a desk where nothing is new", () => {
  expect(told([])).toBe("Switcher · Stagedoor");
  expect(told([], [guest(), guest({ id: "g2", away: true })])).toBe("(1) Switcher · Stagedoor");
});

it("counts what nobody has looked at, what the audience sees first", () => {
  const hand = guest({ state: "seated", hand_raised: "2026-11-26T10:00:00Z" });
  const alerts: Alert[] = [
    { kind: "knock", id: "g2" },
    { kind: "output", id: "web" },
    { kind: "output", id: "tv" },
    { kind: "lost", id: "lost" },
  ];
  expect(told(alerts, [hand, guest({ id: "g2" })], 2)).toBe(
    "Lost on air · 2 outputs down · 1 knock · 1 hand up · 2 messages · (1) Switcher · Stagedoor",
  );
});
