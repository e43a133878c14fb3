import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Hearing } from "./hearing";

describe("Hearing", () => {
  let entries: Record<string, unknown>[];
  let hearing: Hearing;

  beforeEach(() => {
    vi.useFakeTimers();
    entries = [{ type: "transport", bytesReceived: 100 }];
    hearing = new Hearing({
      getStats: async () =>
        new Map(entries.map((entry, index) => [index, entry])) as unknown as RTCStatsReport,
    });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const later = async (): Promise<number> => {
    vi.advanceTimersByTime(1000);
    return hearing.silentFor();
  };

  it("counts from the last byte that came back", async () => {
    expect(await hearing.silentFor()).toBe(0);
    expect(await later()).toBe(1000);
    expect(await later()).toBe(2000);
    entries = [{ type: "transport", bytesReceived: 101 }];
    expect(await later()).toBe(0);
    expect(await later()).toBe(1000);
  });

  it("hears a connectivity check that is answered or asked", async () => {
    await hearing.silentFor();
    for (const name of ["responsesReceived", "requestsReceived"]) {
      entries = [...entries, { type: "candidate-pair", [name]: 1 }];
      expect(await later()).toBe(0);
    }
    expect(await later()).toBe(1000);
  });

  it("does not take for an answer what is sent, nor what others count", async () => {
    await hearing.silentFor();
    entries = [
      ...entries,
      { type: "candidate-pair", bytesSent: 5 },
      { type: "inbound-rtp", bytesReceived: 5 },
    ];
    expect(await later()).toBe(1000);
  });

  it("calls nobody silent in a browser that does not count", async () => {
    entries = [{ type: "inbound-rtp" }];
    expect(await later()).toBe(0);
    expect(await later()).toBe(0);
  });
});
