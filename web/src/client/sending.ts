/** Which of a connection's own packets leave: what the page knows before anybody else does. */

import { sleep } from "./backoff";
import type { TrackView } from "./types";

export type Kind = TrackView["kind"];

/** Soon at first, while somebody waits for it; then for a microphone that is switched on late. */
const OFTEN_MS = 100;
const OFTEN_TRIES = 300;
const SELDOM_MS = 1000;

type Peer = Pick<RTCPeerConnection, "connectionState" | "getStats" | "getTransceivers">;

/**
 * Tell whenever packets of a kind have begun to leave: sound, picture, or both at once.
 *
 * It ends when all kinds have, when the connection is over, or with the signal.
 */
export async function watchSending(
  peer: Peer,
  signal: AbortSignal,
  onNew: (kinds: Kind[]) => void,
): Promise<void> {
  const waiting = new Set(peer.getTransceivers().map(({ receiver }) => receiver.track.kind as Kind));
  for (let tries = 1; waiting.size > 0 && !isOver(peer, signal); tries += 1) {
    const fresh = [...(await sendingKinds(peer))].filter((kind) => waiting.delete(kind));
    if (fresh.length > 0) onNew(fresh);
    await sleep(tries < OFTEN_TRIES ? OFTEN_MS : SELDOM_MS, signal).catch(() => undefined);
  }
}

const isOver = ({ connectionState }: Peer, signal: AbortSignal): boolean =>
  signal.aborted || connectionState === "closed" || connectionState === "failed";

async function sendingKinds(peer: Peer): Promise<Set<Kind>> {
  const kinds = new Set<Kind>();
  const report = await peer.getStats();
  report.forEach((entry: Record<string, unknown>) => {
    const { type, kind, bytesSent } = entry;
    if (type !== "outbound-rtp" || typeof bytesSent !== "number" || bytesSent === 0) return;
    if (kind === "audio" || kind === "video") kinds.add(kind);
  });
  return kinds;
}
