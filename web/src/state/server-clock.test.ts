import { describe, expect, it } from "vitest";
import type { DeskEvent } from "../client/types";
import { command, incident, words } from "./samples";
import { madeAt, ServerClock } from "./server-clock";

const NOON = Date.parse("2026-03-02T12:00:00Z");
const at = (ms: number): string => new Date(NOON + ms).toISOString();

describe("ServerClock", () => {
  it("takes the shortest way for the difference of the clocks, in whichever order things come", () => {
    let now = 0;
    const clock = new ServerClock(() => now);
    expect(clock.here(at(0))).toBe(NOON);
    for (const late of [40, 3000, 90]) {
      now = NOON + 3_600_000 + late;
      clock.hear(at(0));
      expect(clock.here(at(10_000))).toBe(NOON + 3_600_000 + 40 + 10_000);
    }
  });

  it("takes a clock that is behind", () => {
    const clock = new ServerClock(() => NOON - 5000);
    expect(clock.time).toBe(NOON - 5000);
    clock.hear(at(0));
    expect(clock.here(at(0))).toBe(NOON - 5000);
    expect(clock.time).toBe(NOON);
  });
});

describe("madeAt", () => {
  const told = (type: "chat" | "command" | "incident", data: unknown): DeskEvent =>
    ({ seq: 2, type, data }) as DeskEvent;

  it("knows when an event was made that is told once", () => {
    const known = [incident()];
    const ended = incident({ ended: at(9) });
    expect(madeAt(told("chat", words({ at: at(1) })), known)).toBe(at(1));
    expect(madeAt(told("command", command({ at: at(2) })), known)).toBe(at(2));
    expect(madeAt(told("command", command({ at: at(2), state: "done" })), known)).toBeNull();
    expect(madeAt(told("incident", incident({ id: "new", since: at(3) })), known)).toBe(at(3));
    expect(madeAt(told("incident", incident({ cause: "It is worse now." })), known)).toBeNull();
    expect(madeAt(told("incident", ended), known)).toBe(at(9));
  });
});
