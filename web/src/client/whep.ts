/** Watching a path by WHEP. */

import { iceServers } from "./api";
import { RtcSession } from "./session";

/** @throws ApiError when the server refuses or does not answer. */
export async function watch(path: string, stream: MediaStream, signal: AbortSignal): Promise<RtcSession> {
  return RtcSession.open({
    endpoint: `/whep/${encodeURIComponent(path)}`,
    headers: {},
    iceServers: await iceServers(null, signal),
    signal,
    prepare: (peer) => {
      peer.ontrack = (event) => stream.addTrack(event.track);
      peer.addTransceiver("video", { direction: "recvonly" });
      peer.addTransceiver("audio", { direction: "recvonly" });
    },
  });
}
