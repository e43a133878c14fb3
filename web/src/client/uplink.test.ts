import { describe, expect, it } from "vitest";
import { brightness } from "./light";
import { countersOf, uplinkBetween } from "./uplink";

const REPORT = [
  { type: "outbound-rtp", kind: "audio", bytesSent: 4000 },
  { type: "outbound-rtp", kind: "video", bytesSent: 121_000, targetBitrate: 1_000_000 },
  { type: "remote-inbound-rtp", kind: "video", fractionLost: 0.04 },
  { type: "remote-inbound-rtp", kind: "audio", fractionLost: 0.01 },
  { type: "candidate-pair", nominated: false, availableOutgoingBitrate: 1, currentRoundTripTime: 9 },
  { type: "candidate-pair", nominated: true, availableOutgoingBitrate: 900_000, currentRoundTripTime: 0.08 },
  { type: "inbound-rtp", bytesSent: 7 },
];

describe("what a line carries", () => {
  it("is added up from the browser's report", () => {
    const now = countersOf(REPORT, 2000);
    expect(uplinkBetween(countersOf([], 1000), now)).toEqual({
      bitrate: 1_000_000,
      available: 900_000,
      loss: 0.04,
      roundTrip: 80,
      limited: true,
      limitedBy: null,
    });
  });

  it("is judged by a picture that takes all it may, or by the browser's own word", () => {
    const sent = (more: object): boolean => {
      const entry = { type: "outbound-rtp", kind: "video", bytesSent: 50_000, ...more };
      return uplinkBetween(countersOf([], 1000), countersOf([entry], 2000)).limited;
    };
    expect(sent({ targetBitrate: 500_000 })).toBe(true);
    expect(sent({ targetBitrate: 1_000_000 })).toBe(false);
    expect(sent({})).toBe(false);
    expect(sent({ qualityLimitationReason: "bandwidth" })).toBe(true);
  });

  it("takes the browser's word for what keeps the picture from being better", () => {
    const limitedBy = (reason?: string) => {
      const entry = { type: "outbound-rtp", kind: "video", qualityLimitationReason: reason };
      return countersOf([entry], 2000).limitedBy;
    };
    expect([limitedBy("cpu"), limitedBy("none"), limitedBy("moon"), limitedBy()]).toEqual([
      "cpu",
      "none",
      null,
      null,
    ]);
  });

  it("is unknown where the browser does not say, and never negative", () => {
    const bare = countersOf([{ type: "outbound-rtp", bytesSent: 10 }], 2000);
    const before = countersOf([{ type: "outbound-rtp", bytesSent: 999 }], 1000);
    expect(uplinkBetween(before, bare)).toMatchObject({ bitrate: 0, available: null, roundTrip: null });
  });
});

describe("brightness", () => {
  it("is the mean as the eye sees it", () => {
    expect(brightness([])).toBe(0);
    expect(brightness([255, 255, 255, 255, 0, 0, 0, 255])).toBeCloseTo(127.5);
    expect(brightness([0, 255, 0, 255])).toBeGreaterThan(brightness([0, 0, 255, 255]));
  });
});
