import { describe, expect, it } from "vitest";
import { countedOf, LossWindow } from "./loss";

const peerOf = (...entries: Record<string, unknown>[]): Pick<RTCPeerConnection, "getStats"> => ({
  getStats: async () => new Map(entries.map((entry, index) => [index, entry])) as unknown as RTCStatsReport,
});

describe("countedOf", () => {
  it("is of the kind that is asked for, and of what comes in", async () => {
    const peer = peerOf(
      { type: "outbound-rtp", kind: "video", packetsReceived: 1, packetsLost: 1 },
      { type: "inbound-rtp", kind: "audio", packetsReceived: 50, packetsLost: 2 },
      { type: "inbound-rtp", kind: "video", packetsReceived: 300, packetsLost: 7 },
    );
    expect(await countedOf(peer, "audio")).toEqual({ received: 50, lost: 2 });
    expect(await countedOf(peer, "video")).toEqual({ received: 300, lost: 7 });
  });

  it("is nothing where the browser does not count", async () => {
    expect(await countedOf(peerOf({ type: "inbound-rtp", kind: "audio" }), "audio")).toBeNull();
    expect(await countedOf(peerOf(), "audio")).toBeNull();
  });
});

describe("LossWindow", () => {
  /** Seconds of a hundred packets each, of which so many are lost. */
  function lived(...lost: number[]): LossWindow {
    const window = new LossWindow();
    let [received, gone] = [0, 0];
    window.take(0, { received, lost: gone });
    lost.forEach((each, second) => {
      received += 100 - each;
      gone += each;
      window.take((second + 1) * 1000, { received, lost: gone });
    });
    return window;
  }

  it("knows nothing before it has seen as much time as it is asked about", () => {
    expect(new LossWindow().part(3000)).toBeNull();
    expect(lived(10, 10).part(3000)).toBeNull();
    expect(lived(10, 10, 10).part(3000)).toBeCloseTo(0.1);
  });

  it("tells what was lost then from what is lost now", () => {
    const window = lived(30, 30, 30, 0, 0, 0);
    expect(window.part(3000)).toBe(0);
    expect(window.part(6000, 3000)).toBeCloseTo(0.3);
    expect(window.part(6000)).toBeCloseTo(0.15);
  });

  it("says nothing of too few packets", () => {
    const window = new LossWindow();
    window.take(0, { received: 0, lost: 0 });
    window.take(3000, { received: 20, lost: 9 });
    expect(window.part(3000)).toBeNull();
    window.take(6000, { received: 41, lost: 18 });
    expect(window.part(3000)).toBeCloseTo(0.3);
  });

  it("takes a packet that came late after all as lost no more", () => {
    const window = new LossWindow();
    window.take(0, { received: 0, lost: 10 });
    window.take(3000, { received: 100, lost: 5 });
    expect(window.part(3000)).toBe(0);
  });

  it("forgets what was before another session, what is long ago, and all when it is told so", () => {
    const window = lived(50, 50, 50);
    window.take(4000, { received: 10, lost: 0 });
    expect(window.part(3000)).toBeNull();
    window.take(7000, { received: 310, lost: 0 });
    expect(window.part(3000)).toBe(0);
    window.take(20_000, { received: 610, lost: 0 });
    expect(window.part(13_000)).toBeNull();
    window.clear();
    expect(window.part(0)).toBeNull();
  });
});
