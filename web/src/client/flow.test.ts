import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchFlow } from "./flow";

describe("watchFlow", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells when packets stop, and when they come again", async () => {
    let packets = 0;
    let sends = true;
    const getStats = async (): Promise<RTCStatsReport> => {
      if (sends) packets += 10;
      const entries = [
        ["a", { type: "inbound-rtp", packetsReceived: packets }],
        ["b", { type: "transport", packetsReceived: Math.random() }],
      ] as const;
      return new Map<string, unknown>(entries) as unknown as RTCStatsReport;
    };
    const told: boolean[] = [];
    const abort = new AbortController();
    const watching = watchFlow({ connectionState: "connected", getStats }, abort.signal, (flows) =>
      told.push(flows),
    );
    await vi.advanceTimersByTimeAsync(5000);
    expect(told).toEqual([]);
    sends = false;
    await vi.advanceTimersByTimeAsync(3000);
    expect(told).toEqual([false]);
    sends = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual([false, true]);
    abort.abort();
    await watching;
  });
});
