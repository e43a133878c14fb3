/** Whether the other side still answers: bytes that come back (feedback, connectivity checks), not states. */
export class Hearing {
  #bytes = -1;
  #changed = performance.now();

  constructor(private readonly peer: Pick<RTCPeerConnection, "getStats">) {}

  /** Milliseconds since anything came back; 0 where the browser does not count it. */
  async silentFor(): Promise<number> {
    const bytes = await this.#received();
    if (bytes === null) return 0;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#changed = performance.now();
    }
    return performance.now() - this.#changed;
  }

  async #received(): Promise<number | null> {
    let transport: number | null = null;
    let pairs: number | null = null;
    const report = await this.peer.getStats();
    report.forEach((entry: Record<string, unknown>) => {
      if (typeof entry.bytesReceived !== "number") return;
      if (entry.type === "transport") transport = (transport ?? 0) + entry.bytesReceived;
      if (entry.type === "candidate-pair") pairs = (pairs ?? 0) + entry.bytesReceived;
    });
    return transport ?? pairs;
  }
}
