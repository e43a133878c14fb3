/** Whether media comes: a connection may stand while its other end has nothing to send. */

import { sleep } from "./backoff";

type Peer = Pick<RTCPeerConnection, "connectionState" | "getStats">;

const TICK_MS = 400;
const DRY_MS = 1200;

async function packetsOf(peer: Peer): Promise<number> {
  let packets = 0;
  const report = await peer.getStats();
  report.forEach((entry: { type: string; packetsReceived?: number }) => {
    if (entry.type === "inbound-rtp") packets += entry.packetsReceived ?? 0;
  });
  return packets;
}

/**
 * Tell when no packet of picture or sound has come for a while, and when they come again.
 *
 * It ends with the connection, or with the signal.
 */
export async function watchFlow(
  peer: Peer,
  signal: AbortSignal,
  tell: (flows: boolean) => void,
): Promise<void> {
  let known = 0;
  let changed = performance.now();
  let flows = true;
  while (!signal.aborted && peer.connectionState !== "closed") {
    const packets = await packetsOf(peer);
    if (packets !== known) changed = performance.now();
    known = packets;
    const now = performance.now() - changed < DRY_MS;
    if (now !== flows && !signal.aborted) tell(now);
    flows = now;
    await sleep(TICK_MS, signal).catch(() => undefined);
  }
}
