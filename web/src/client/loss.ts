/** How many of the packets that were sent here are lost, by what the browser counts. */

/** Packets of one kind, counted since the session began. */
export interface Counted {
  received: number;
  lost: number;
}

interface Sample extends Counted {
  at: number;
}

const KEPT_MS = 10_000;
/** Of fewer packets nothing is said. */
const LEAST_PACKETS = 30;

/** What one session has received and lost of a kind; null where the browser does not say it. */
export async function countedOf(
  peer: Pick<RTCPeerConnection, "getStats">,
  kind: "audio" | "video",
): Promise<Counted | null> {
  let counted: Counted | null = null;
  (await peer.getStats()).forEach((entry: Record<string, unknown>) => {
    if (entry.type !== "inbound-rtp" || entry.kind !== kind) return;
    const { packetsReceived: received, packetsLost: lost } = entry;
    if (typeof received === "number" && typeof lost === "number") counted = { received, lost };
  });
  return counted;
}

/** The loss of the last seconds; times are milliseconds. */
export class LossWindow {
  #samples: Sample[] = [];

  /** Take what is counted now; where it counts from zero again, what was before is forgotten. */
  take(at: number, { received, lost }: Counted): void {
    const last = this.#samples.at(-1);
    if (last && received < last.received) this.#samples = [];
    this.#samples.push({ at, received, lost });
    this.#samples = this.#samples.filter((sample) => at - sample.at <= KEPT_MS);
  }

  /** The part that was lost, 0 to 1, from `from` to `to` before now; null where that is not known. */
  part(from: number, to = 0): number | null {
    const now = this.#samples.at(-1)?.at ?? 0;
    const first = this.#before(now - from);
    const last = this.#before(now - to);
    if (!first || !last) return null;
    // A packet that came late after all counts as lost no more.
    const lost = Math.max(0, last.lost - first.lost);
    const sent = last.received - first.received + lost;
    return sent < (LEAST_PACKETS * (from - to)) / 3000 ? null : lost / sent;
  }

  clear(): void {
    this.#samples = [];
  }

  #before(at: number): Sample | undefined {
    return this.#samples.filter((sample) => sample.at <= at).at(-1);
  }
}
