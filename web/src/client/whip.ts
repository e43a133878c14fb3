/** Publishing by WHIP (RFC 9725): one picture, one sound, each replaceable while it is sent. */

import { iceServers } from "./api";
import { keepSizeAndRate, limit, preferH264 } from "./codecs";
import { RtcSession, type SessionOptions } from "./session";

/** What is sent now; a null track leaves its place in the offer, so that one may come later. */
export interface Outgoing {
  video: MediaStreamTrack | null;
  /** `undefined`: there will be no sound. */
  audio: MediaStreamTrack | null | undefined;
  maxBitrate: number;
  /** Larger pictures are made smaller before they are sent. */
  maxHeight?: number;
}

export interface WhipTarget {
  endpoint: string;
  token: string;
  instance: string;
}

export class WhipSession {
  private constructor(
    private readonly session: RtcSession,
    private readonly video: RTCRtpSender,
    private readonly audio: RTCRtpSender | null,
  ) {}

  /** @throws ApiError when the server refuses or does not answer. */
  static async open(
    target: WhipTarget,
    outgoing: () => Outgoing,
    signal: AbortSignal,
    createPeer?: SessionOptions["createPeer"],
  ): Promise<WhipSession> {
    const senders: { video?: RTCRtpSender; audio?: RTCRtpSender } = {};
    const session = await RtcSession.open({
      endpoint: target.endpoint,
      headers: { Authorization: `Bearer ${target.token}`, "X-Stagedoor-Instance": target.instance },
      iceServers: await iceServers(target.token, signal),
      signal,
      prepare: async (peer) => {
        const { video, audio, maxBitrate } = outgoing();
        if (audio !== undefined) senders.audio = addSender(peer, "audio", audio).sender;
        const transceiver = addSender(peer, "video", video, [{ maxBitrate }]);
        preferH264(transceiver);
        senders.video = transceiver.sender;
        await keepSizeAndRate(transceiver.sender);
      },
      ...(createPeer ? { createPeer } : {}),
    });
    return new WhipSession(session, senders.video as RTCRtpSender, senders.audio ?? null);
  }

  get id(): string {
    return this.session.id;
  }

  get peer(): RTCPeerConnection {
    return this.session.peer;
  }

  get hungUp(): boolean {
    return this.session.hungUp;
  }

  /** Send these tracks from now on, without any new negotiation. */
  async update(outgoing: Outgoing): Promise<void> {
    await replace(this.video, outgoing.video);
    if (this.audio) await replace(this.audio, outgoing.audio ?? null);
    await limit(this.video, outgoing.maxBitrate, scaleOf(outgoing));
  }

  restart(): Promise<void> {
    return this.session.restart();
  }

  close(ended: boolean): Promise<void> {
    return this.session.close(ended);
  }
}

/** By how much the picture is made smaller; by nothing where its size is not known. */
function scaleOf({ video, maxHeight }: Outgoing): number {
  if (!video || !maxHeight) return 1;
  const { width = 0, height = 0 } = video.getSettings();
  return Math.max(1, Math.min(width, height) / maxHeight);
}

async function replace(sender: RTCRtpSender, track: MediaStreamTrack | null): Promise<void> {
  // It fails only on a connection that is closed, which has nothing to send.
  if (sender.track !== track) await sender.replaceTrack(track).catch(() => undefined);
}

function addSender(
  peer: RTCPeerConnection,
  kind: "audio" | "video",
  track: MediaStreamTrack | null,
  sendEncodings: RTCRtpEncodingParameters[] = [],
): RTCRtpTransceiver {
  const init: RTCRtpTransceiverInit = { direction: "sendonly", streams: [new MediaStream()] };
  if (sendEncodings.length > 0) init.sendEncodings = sendEncodings;
  return peer.addTransceiver(track ?? kind, init);
}
