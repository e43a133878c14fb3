/** Whether media comes: a connection may stand while its other end has nothing to send. */

import { sleep } from "./backoff";

type Peer = Pick<RTCPeerConnection, "connectionState" | "getStats">;

const TICK_MS = 400;
const DRY_MS = 1200;
/** What has sent nothing for so long while it is connected will send nothing any more. */
const OVER_MS = 8000;

interface Packets {
  all: number;
  sound: number;
}

async function packetsOf(peer: Peer): Promise<Packets> {
  const packets = { all: 0, sound: 0 };
  const report = await peer.getStats();
  report.forEach((entry: { type: string; kind?: string; packetsReceived?: number }) => {
    if (entry.type !== "inbound-rtp") return;
    packets.all += entry.packetsReceived ?? 0;
    if (entry.kind === "audio") packets.sound += entry.packetsReceived ?? 0;
  });
  return packets;
}

/** A number that grows while something comes. */
class Growing {
  #known = 0;
  #changed = performance.now();

  /** Whether it has grown within a while. */
  take(count: number): boolean {
    if (count !== this.#known) this.#changed = performance.now();
    this.#known = count;
    return this.dryMs < DRY_MS;
  }

  /** For how long it has not grown. */
  get dryMs(): number {
    return performance.now() - this.#changed;
  }
}

/**
 * Tell when no packet of picture or sound has come for a while, and when they come again; and of the sound by itself.
 *
 * It ends with the connection, or with the signal.
 *
 * @param over Called once where a connection stands, and nothing comes any more.
 */
export async function watchFlow(
  peer: Peer,
  signal: AbortSignal,
  tell: (flows: boolean, sounds: boolean) => void,
  over: () => void = () => undefined,
): Promise<void> {
  const [any, sound] = [new Growing(), new Growing()];
  let [flows, sounds, connected] = [true, true, performance.now()];
  while (!signal.aborted && peer.connectionState !== "closed") {
    const packets = await packetsOf(peer);
    const now = [any.take(packets.all), sound.take(packets.sound)] as const;
    if ((now[0] !== flows || now[1] !== sounds) && !signal.aborted) tell(...now);
    [flows, sounds] = now;
    if (peer.connectionState !== "connected") connected = performance.now();
    else if (Math.min(any.dryMs, performance.now() - connected) > OVER_MS) return over();
    await sleep(TICK_MS, signal).catch(() => undefined);
  }
}
