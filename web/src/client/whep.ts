/** Watching a path by WHEP. */

import { iceServers } from "./api";
import { RtcSession } from "./session";

export interface Watched {
  path: string;
  /** Gets the tracks. */
  stream: MediaStream;
  /** Sound alone, where false. */
  picture?: boolean;
  /** A guest's invite; an operator is known by the cookie. */
  token?: string | null;
}

/** @throws ApiError when the server refuses or does not answer. */
export async function watch(wanted: Watched, signal: AbortSignal): Promise<RtcSession> {
  const { path, stream, picture = true, token = null } = wanted;
  return RtcSession.open({
    endpoint: `/whep/${encodeURIComponent(path)}`,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    iceServers: await iceServers(token, signal),
    signal,
    prepare: (peer) => {
      peer.ontrack = (event) => stream.addTrack(event.track);
      if (picture) peer.addTransceiver("video", { direction: "recvonly" });
      peer.addTransceiver("audio", { direction: "recvonly" });
    },
  });
}
