import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchFlow } from "./flow";

describe("watchFlow", () => {
  const packets = { audio: 0, video: 0 };
  const sends = { audio: true, video: true };
  const told: [flows: boolean, sounds: boolean][] = [];
  let abort = new AbortController();
  const over = vi.fn();
  const peer = { connectionState: "connected" as RTCPeerConnectionState, getStats: () => getStats() };
  let watching = Promise.resolve();

  const getStats = async (): Promise<RTCStatsReport> => {
    for (const kind of ["audio", "video"] as const) packets[kind] += sends[kind] ? 10 : 0;
    const entries = [
      ["a", { type: "inbound-rtp", kind: "audio", packetsReceived: packets.audio }],
      ["b", { type: "inbound-rtp", kind: "video", packetsReceived: packets.video }],
      ["c", { type: "transport", packetsReceived: Math.random() }],
    ] as const;
    return new Map<string, unknown>(entries) as unknown as RTCStatsReport;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    told.length = 0;
    Object.assign(sends, { audio: true, video: true });
    abort = new AbortController();
    over.mockReset();
    peer.connectionState = "connected";
    watching = watchFlow(peer, abort.signal, (...now) => told.push(now), over);
  });

  afterEach(async () => {
    abort.abort();
    await watching;
    vi.useRealTimers();
  });

  it("tells when packets stop, and when they come again", async () => {
    await vi.advanceTimersByTimeAsync(5000);
    expect(told).toEqual([]);
    Object.assign(sends, { audio: false, video: false });
    await vi.advanceTimersByTimeAsync(3000);
    expect(told).toEqual([[false, false]]);
    Object.assign(sends, { audio: true, video: true });
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it("is over once a connection stands for long and nothing comes, and not before", async () => {
    Object.assign(sends, { audio: false, video: false });
    peer.connectionState = "connecting";
    await vi.advanceTimersByTimeAsync(20_000);
    peer.connectionState = "connected";
    await vi.advanceTimersByTimeAsync(7000);
    expect(over).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2000);
    expect(over).toHaveBeenCalledOnce();
  });

  it("is not over while only one of the two comes", async () => {
    sends.audio = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(over).not.toHaveBeenCalled();
  });

  it("tells of the sound by itself", async () => {
    sends.audio = false;
    await vi.advanceTimersByTimeAsync(3000);
    expect(told).toEqual([[true, false]]);
  });
});
