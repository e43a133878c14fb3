import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Kind, watchSending } from "./sending";

class FakePeer {
  connectionState: RTCPeerConnectionState = "connecting";
  asked = 0;
  bytes: Partial<Record<Kind, number>> = { audio: 0, video: 0 };

  getTransceivers(): RTCRtpTransceiver[] {
    return Object.keys(this.bytes).map((kind) => ({ receiver: { track: { kind } } })) as RTCRtpTransceiver[];
  }

  async getStats(): Promise<RTCStatsReport> {
    this.asked += 1;
    const entries = Object.entries(this.bytes).map(
      ([kind, bytesSent]) => [kind, { type: "outbound-rtp", kind, bytesSent }] as const,
    );
    const transport = ["t", { type: "transport", bytesSent: 500 }] as const;
    return new Map<string, unknown>([transport, ...entries]) as unknown as RTCStatsReport;
  }
}

describe("watchSending", () => {
  let peer: FakePeer;
  let abort: AbortController;
  let told: Kind[][];
  let over: boolean;

  beforeEach(() => {
    vi.useFakeTimers();
    peer = new FakePeer();
    abort = new AbortController();
    told = [];
    over = false;
  });

  afterEach(() => {
    abort.abort();
    vi.useRealTimers();
  });

  const watch = (): void => {
    void watchSending(peer, abort.signal, (kinds) => told.push(kinds)).then(() => {
      over = true;
    });
  };

  it("tells of both at once, and asks no more then", async () => {
    watch();
    await vi.advanceTimersByTimeAsync(450);
    expect([told, peer.asked]).toEqual([[], 5]);
    peer.bytes = { audio: 90, video: 1200 };
    await vi.advanceTimersByTimeAsync(200);
    expect([told, over]).toEqual([[["audio", "video"]], true]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(peer.asked).toBe(6);
  });

  it("tells of each once, a late one too", async () => {
    watch();
    peer.bytes.video = 1200;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([told, over]).toEqual([[["video"]], false]);
    expect(peer.asked).toBeLessThan(340);
    peer.bytes.audio = 90;
    await vi.advanceTimersByTimeAsync(2000);
    expect([told, over]).toEqual([[["video"], ["audio"]], true]);
  });

  it("waits for no sound where there will be none", async () => {
    peer.bytes = { video: 1200 };
    watch();
    await vi.advanceTimersByTimeAsync(200);
    expect([told, over]).toEqual([[["video"]], true]);
  });

  it("ends with the connection, and when it is told to", async () => {
    watch();
    await vi.advanceTimersByTimeAsync(200);
    peer.connectionState = "closed";
    await vi.advanceTimersByTimeAsync(100);
    expect(over).toBe(true);
    over = false;
    peer.connectionState = "connecting";
    watch();
    await vi.advanceTimersByTimeAsync(50);
    abort.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect([told, over]).toEqual([[], true]);
  });
});
