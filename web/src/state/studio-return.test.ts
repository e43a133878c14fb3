import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StudioReturn } from "./studio-return";
import type { Viewer } from "./viewer";

const { made, peer } = vi.hoisted(() => ({ made: [] as Viewer[], peer: { getStats: vi.fn() } }));

vi.mock("./viewer", () => ({
  Viewer: class {
    readonly link = { value: { kind: "connecting" } };
    readonly peer = peer;
    start = vi.fn();
    stop = vi.fn();

    constructor() {
      made.push(this as never);
    }
  },
}));

const statistics = (packetsReceived: number, packetsLost: number): unknown[] => [
  { type: "inbound-rtp", kind: "video", packetsReceived, packetsLost },
];

describe("StudioReturn", () => {
  let studio: StudioReturn;
  /** Answers the question for statistics that waits. */
  let answer: (entries: unknown[]) => void;

  beforeEach(() => {
    vi.useFakeTimers();
    made.length = 0;
    peer.getStats.mockImplementation(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    studio = new StudioReturn({} as never);
    studio.start();
  });

  afterEach(() => {
    studio.stop();
    vi.useRealTimers();
  });

  /** Half a second in which a third of the packets is lost. */
  async function lose(tick: number): Promise<void> {
    answer(statistics(60 * tick, 30 * tick));
    await vi.advanceTimersByTimeAsync(500);
  }

  it("opens one without a picture on a line that loses much, and stops both", async () => {
    await vi.advanceTimersByTimeAsync(500);
    for (let tick = 1; made.length === 1 && tick < 20; tick += 1) await lose(tick);
    expect([made.length, studio.soundFirst.value]).toEqual([2, true]);
    studio.stop();
    for (const viewer of made) expect(viewer.stop).toHaveBeenCalledOnce();
  });

  it("opens nothing once it was stopped, though statistics come afterwards", async () => {
    await vi.advanceTimersByTimeAsync(500);
    // The seventh look is the first with three seconds to judge.
    for (let tick = 1; tick < 7; tick += 1) await lose(tick);
    expect(made.length).toBe(1);
    studio.stop();
    await lose(7);
    expect(made.length).toBe(1);
  });
});
