import { describe, expect, it } from "vitest";
import type { Uplink } from "../client/uplink";
import { after, type LowBand, PATIENCE_S, WELL } from "./low-band";

const WANTED = 2_500_000;
const GOOD: Uplink = {
  bitrate: 2e6,
  available: 6e6,
  loss: 0,
  roundTrip: 40,
  limited: false,
  limitedBy: "none",
};
const LOSSY: Uplink = { ...GOOD, loss: 0.12 };
const NARROW: Uplink = { ...GOOD, available: 700_000, limited: true };

/** What a line that is well again shows while the smaller picture is sent: the relay's estimate ends there. */
const HELD: Uplink = {
  bitrate: 490_000,
  available: 886_000,
  loss: 0,
  roundTrip: 40,
  limited: true,
  limitedBy: "bandwidth",
};

const run = (state: LowBand, second: Uplink, times: number): LowBand =>
  Array.from({ length: times }).reduce<LowBand>((now) => after(now, second, WANTED), state);

describe("low band", () => {
  it.each([
    ["loss", LOSSY],
    ["a narrow line", NARROW],
  ])("begins after some seconds of %s in a row, not after a moment", (_, second) => {
    expect(run(WELL, second, 3).low).toBe(false);
    expect(run(run(run(WELL, second, 3), GOOD, 1), second, 3).low).toBe(false);
    expect(run(WELL, second, 4).low).toBe(true);
  });

  it("begins sooner where the line carries next to nothing", () => {
    const hopeless: Uplink = { ...NARROW, available: 150_000 };
    expect(run(WELL, hopeless, 1).low).toBe(false);
    expect(run(WELL, hopeless, 2).low).toBe(true);
    expect(run(WELL, { ...hopeless, limited: false }, 30).low).toBe(false);
  });

  it("takes no picture for weak that is small by itself", () => {
    expect(run(WELL, { ...GOOD, available: 700_000 }, 30).low).toBe(false);
    expect(run(WELL, { ...GOOD, available: null, limited: true }, 30).low).toBe(false);
  });

  it("ends once the line has been well for a while, without a break", () => {
    const low = run(WELL, LOSSY, 4);
    expect(run(low, GOOD, PATIENCE_S - 1).low).toBe(true);
    expect(run(run(low, GOOD, PATIENCE_S - 1), LOSSY, 1).streak).toBe(0);
    expect(run(low, GOOD, PATIENCE_S).low).toBe(false);
    expect(run(low, NARROW, 1000).low).toBe(true);
  });

  it.each([2_500_000, 4_500_000])(
    "ends at the little that is estimated while little is sent, for %d",
    (wanted) => {
      const low = run(WELL, NARROW, 4);
      let now = Array.from({ length: PATIENCE_S }).reduce<LowBand>(
        (state) => after(state, HELD, wanted),
        low,
      );
      expect(now.low).toBe(false);
      // A browser's estimate grows by 8 % a second.
      for (let available = 886_000; available < wanted; available *= 1.08) {
        now = after(now, { ...HELD, bitrate: available, available }, wanted);
        expect(now.low).toBe(false);
      }
    },
  );

  it("goes on while a line carries no more than what is sent, key frame or not", () => {
    const low = run(WELL, NARROW, 4);
    expect(run(low, { ...HELD, available: 600_000 }, 1000).low).toBe(true);
    expect(run(run(low, HELD, PATIENCE_S - 1), { ...HELD, bitrate: 1_500_000 }, 1).low).toBe(false);
  });

  it("begins again, and waits longer, where the estimate does not grow after coming back", () => {
    const back = run(run(WELL, NARROW, 4), HELD, PATIENCE_S);
    expect(run(back, HELD, 14).low).toBe(false);
    expect(run(back, HELD, 16)).toMatchObject({ low: true, patience: 2 * PATIENCE_S });
    expect(run(back, LOSSY, 4).low).toBe(true);
  });

  it("waits longer each time that it came back too early, and as long as ever after a good while", () => {
    const back = (state: LowBand): LowBand => run(state, GOOD, state.patience);
    const once = back(run(WELL, LOSSY, 4));
    const relapse = run(once, LOSSY, 4);
    expect(relapse.patience).toBe(2 * PATIENCE_S);
    expect(run(relapse, GOOD, PATIENCE_S).low).toBe(true);
    const again = run(run(back(relapse), GOOD, 100), LOSSY, 4);
    expect(again.patience).toBe(PATIENCE_S);
    let worst = relapse;
    for (let times = 0; times < 10; times += 1) worst = run(back(worst), LOSSY, 4);
    expect(worst.patience).toBe(160);
  });
});
