/** Whether a connection's own packets leave: what the page knows before anybody else does. */

import { sleep } from "./backoff";

const EVERY_MS = 100;
const TRIES = 300;

type Peer = Pick<RTCPeerConnection, "connectionState" | "getStats">;

/** Wait for the first packet of media to leave; false when none has in half a minute, or the connection is over. */
export async function firstSent(peer: Peer, signal: AbortSignal): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (signal.aborted || peer.connectionState === "closed" || peer.connectionState === "failed")
      return false;
    if (await isSending(peer)) return true;
    await sleep(EVERY_MS, signal).catch(() => undefined);
  }
  return false;
}

async function isSending(peer: Peer): Promise<boolean> {
  let sending = false;
  const report = await peer.getStats();
  report.forEach((entry: Record<string, unknown>) => {
    if (entry.type === "outbound-rtp" && typeof entry.bytesSent === "number" && entry.bytesSent > 0)
      sending = true;
  });
  return sending;
}
