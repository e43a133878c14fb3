import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { firstSent } from "./sending";

class FakePeer {
  connectionState: RTCPeerConnectionState = "connecting";
  asked = 0;
  bytes: number[] = [0, 0];

  async getStats(): Promise<RTCStatsReport> {
    this.asked += 1;
    const entries = this.bytes.map((bytesSent, n) => [`o${n}`, { type: "outbound-rtp", bytesSent }] as const);
    return new Map([["t", { type: "transport", bytesSent: 500 }], ...entries]) as unknown as RTCStatsReport;
  }
}

describe("firstSent", () => {
  let peer: FakePeer;
  let abort: AbortController;

  beforeEach(() => {
    vi.useFakeTimers();
    peer = new FakePeer();
    abort = new AbortController();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("is true as soon as one track sends, and asks no more then", async () => {
    const sent = firstSent(peer, abort.signal);
    await vi.advanceTimersByTimeAsync(450);
    expect(peer.asked).toBe(5);
    peer.bytes = [0, 1200];
    await vi.advanceTimersByTimeAsync(100);
    expect(await sent).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(peer.asked).toBe(6);
  });

  it("takes the handshake's bytes for no media", async () => {
    const sent = firstSent(peer, abort.signal);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await sent).toBe(false);
    expect(peer.asked).toBe(300);
  });

  it("ends with the connection, and when it is told to", async () => {
    const closed = firstSent(peer, abort.signal);
    await vi.advanceTimersByTimeAsync(200);
    peer.connectionState = "closed";
    await vi.advanceTimersByTimeAsync(100);
    expect(await closed).toBe(false);
    peer.connectionState = "connecting";
    const stopped = firstSent(peer, abort.signal);
    await vi.advanceTimersByTimeAsync(50);
    abort.abort();
    expect(await stopped).toBe(false);
  });
});
