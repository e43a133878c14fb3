/** What a connection carries away, second by second, as the browser counts it. */

import { sleep } from "./backoff";

/** One second of sending. */
export interface Uplink {
  /** Bits a second of picture and sound. */
  bitrate: number;
  /** Bits a second that the browser thinks it could send; null where it does not say. */
  available: number | null;
  /** Of the packets that were sent, as the other side says: 0 to 1. */
  loss: number;
  /** Milliseconds there and back; null while unknown. */
  roundTrip: number | null;
  /** The picture takes all that the network lets it have: one that needs little says nothing about a line. */
  limited: boolean;
  /** What the browser says keeps the picture from being better; null where it does not say. */
  limitedBy: LimitedBy | null;
}

const LIMITS = ["none", "cpu", "bandwidth", "other"] as const;
export type LimitedBy = (typeof LIMITS)[number];

/** Counters at one moment; `at` in milliseconds. */
export interface Counters {
  at: number;
  bytes: number;
  /** Of the picture alone. */
  pictureBytes: number;
  loss: number;
  available: number | null;
  roundTrip: number | null;
  /** Bits a second that the picture's encoder may use; null where the browser does not say. */
  target: number | null;
  limitedBy: LimitedBy | null;
}

type Entry = Record<string, unknown>;
type Peer = Pick<RTCPeerConnection, "connectionState" | "getStats">;

const TICK_MS = 1000;
/** Of what an encoder may use: who uses more wants more. */
const ALL = 0.75;
/** While it is still connecting. */
const SOON_MS = 100;

const numberIn = (entry: Entry, name: string): number | null => {
  const value = entry[name];
  return typeof value === "number" ? value : null;
};

const NONE: Counters = {
  at: 0,
  bytes: 0,
  pictureBytes: 0,
  loss: 0,
  available: null,
  roundTrip: null,
  target: null,
  limitedBy: null,
};

/** Add up what one report says. */
export function countersOf(entries: Iterable<Entry>, at: number): Counters {
  const counters: Counters = { ...NONE, at };
  for (const entry of entries) {
    if (entry.type === "outbound-rtp") {
      const bytes = numberIn(entry, "bytesSent") ?? 0;
      counters.bytes += bytes;
      if (entry.kind !== "video") continue;
      counters.pictureBytes += bytes;
      counters.target = numberIn(entry, "targetBitrate");
      counters.limitedBy = LIMITS.find((limit) => limit === entry.qualityLimitationReason) ?? null;
    } else if (entry.type === "remote-inbound-rtp") {
      counters.loss = Math.max(counters.loss, numberIn(entry, "fractionLost") ?? 0);
    } else if (entry.type === "candidate-pair" && (entry.nominated === true || entry.selected === true)) {
      counters.available = numberIn(entry, "availableOutgoingBitrate") ?? counters.available;
      const seconds = numberIn(entry, "currentRoundTripTime");
      if (seconds !== null) counters.roundTrip = seconds * 1000;
    }
  }
  return counters;
}

/** What was sent between two moments. */
export function uplinkBetween(before: Counters, after: Counters): Uplink {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const rate = (more: number): number => (Math.max(0, more) * 8) / seconds;
  const picture = rate(after.pictureBytes - before.pictureBytes);
  const { loss, available, roundTrip, target, limitedBy } = after;
  const limited = limitedBy === "bandwidth" || (target !== null && picture >= ALL * target);
  return { bitrate: rate(after.bytes - before.bytes), available, loss, roundTrip, limited, limitedBy };
}

/** Tell what has been sent, once a second, while the connection stands; it ends with it, or with the signal. */
export async function watchUplink(
  peer: Peer,
  signal: AbortSignal,
  tell: (uplink: Uplink) => void,
): Promise<void> {
  let before: Counters | null = null;
  while (!signal.aborted && peer.connectionState !== "closed") {
    if (peer.connectionState === "connected") {
      const report: RTCStatsReport = await peer.getStats();
      const entries: Entry[] = [];
      report.forEach((entry: Entry) => void entries.push(entry));
      const now = countersOf(entries, performance.now());
      if (before && !signal.aborted) tell(uplinkBetween(before, now));
      before = now;
    }
    await sleep(before ? TICK_MS : SOON_MS, signal).catch(() => undefined);
  }
}
