import { describe, expect, it } from "vitest";
import { ServerClock } from "./server-clock";

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
    clock.hear(at(0));
    expect(clock.here(at(0))).toBe(NOON - 5000);
  });
});
