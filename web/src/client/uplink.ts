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
  /** The browser makes the picture worse because of the network. */
  limited: boolean;
}

/** Counters at one moment; `at` in milliseconds. */
export interface Counters {
  at: number;
  bytes: number;
  loss: number;
  available: number | null;
  roundTrip: number | null;
  limited: boolean;
}

type Entry = Record<string, unknown>;
type Peer = Pick<RTCPeerConnection, "connectionState" | "getStats">;

const TICK_MS = 1000;
/** While it is still connecting. */
const SOON_MS = 100;

const numberIn = (entry: Entry, name: string): number | null => {
  const value = entry[name];
  return typeof value === "number" ? value : null;
};

/** Add up what one report says. */
export function countersOf(entries: Iterable<Entry>, at: number): Counters {
  const counters: Counters = { at, bytes: 0, loss: 0, available: null, roundTrip: null, limited: false };
  for (const entry of entries) {
    if (entry.type === "outbound-rtp") {
      counters.bytes += numberIn(entry, "bytesSent") ?? 0;
      counters.limited ||= entry.qualityLimitationReason === "bandwidth";
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
  const { loss, available, roundTrip, limited } = after;
  return {
    bitrate: (Math.max(0, after.bytes - before.bytes) * 8) / seconds,
    available,
    loss,
    roundTrip,
    limited,
  };
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
