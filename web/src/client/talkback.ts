/** The operator's microphone by WHIP, and to whom it goes. */

import { call, iceServers } from "./api";
import { RtcSession } from "./session";

/** A guest's id, or everybody who gets a return. */
export type Addressee = string;
export const ALL: Addressee = "all";
/** Control itself answers within 7 s; what takes longer is lost on the way, and a release does not wait for it. */
const HOLD_MS = 8000;

/** @throws ApiError when the server refuses or does not answer. */
export async function publishVoice(
  operator: string,
  track: MediaStreamTrack,
  signal: AbortSignal,
): Promise<RtcSession> {
  return RtcSession.open({
    endpoint: `/whip/talkback?${new URLSearchParams({ operator })}`,
    headers: {},
    iceServers: await iceServers(null, signal),
    signal,
    prepare: (peer) => {
      peer.addTransceiver(track, { direction: "sendonly", streams: [new MediaStream()] });
    },
  });
}

/** Speak to somebody, or to nobody any more. */
export const holdTalkback = (operator: string, to: Addressee | null): Promise<unknown> =>
  call("POST", "/api/talkback", {
    body: { operator, to: to === null || to === ALL ? ALL : [to], on: to !== null },
    signal: AbortSignal.timeout(HOLD_MS),
  });
