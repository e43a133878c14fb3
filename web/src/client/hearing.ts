const COUNTERS = ["bytesReceived", "responsesReceived", "requestsReceived"];

/** Whether the other side still answers: bytes that come back (feedback, connectivity checks), not states. */
export class Hearing {
  #heard = -1;
  #changed = performance.now();

  constructor(private readonly peer: Pick<RTCPeerConnection, "getStats">) {}

  /** Milliseconds since anything came back; 0 where the browser does not count it. */
  async silentFor(): Promise<number> {
    const heard = await this.#received();
    if (heard === null) return 0;
    if (heard !== this.#heard) {
      this.#heard = heard;
      this.#changed = performance.now();
    }
    return performance.now() - this.#changed;
  }

  async #received(): Promise<number | null> {
    let heard: number | null = null;
    const report = await this.peer.getStats();
    report.forEach((entry: Record<string, unknown>) => {
      if (entry.type !== "transport" && entry.type !== "candidate-pair") return;
      for (const name of COUNTERS) {
        const count = entry[name];
        if (typeof count === "number") heard = (heard ?? 0) + count;
      }
    });
    return heard;
  }
}
