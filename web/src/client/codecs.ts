/** Codec order, bitrate and degradation of what is sent, by feature tests only. */

const PREFERRED = ["video/h264", "video/vp8", "video/vp9", "video/av1"];

const rank = (codec: { mimeType: string; sdpFmtpLine?: string }): number => {
  const place = PREFERRED.indexOf(codec.mimeType.toLowerCase());
  if (place < 0) return PREFERRED.length * 2;
  const single = place === 0 && !codec.sdpFmtpLine?.includes("packetization-mode=1");
  return place * 2 + (single ? 1 : 0);
};

/** H.264 that may be split over packets, then other H.264, VP8, VP9, AV1, and the helpers (RTX …) last. */
export function ordered<C extends { mimeType: string; sdpFmtpLine?: string }>(codecs: readonly C[]): C[] {
  return [...codecs].sort((a, b) => rank(a) - rank(b));
}

/** Ask for H.264 before VP8; keeps the browser's own order where it does not let us choose. */
export function preferH264(transceiver: RTCRtpTransceiver): void {
  if (typeof transceiver.setCodecPreferences !== "function") return;
  // Browsers disagree whether a sender's or a receiver's list is the one to choose from.
  for (const source of [globalThis.RTCRtpSender, globalThis.RTCRtpReceiver]) {
    const codecs = source?.getCapabilities?.("video")?.codecs;
    if (!codecs) continue;
    try {
      transceiver.setCodecPreferences(ordered(codecs));
      return;
    } catch {
      // The next list may be accepted.
    }
  }
}

/** Bits a second that the picture may take, and by how much it is made smaller, changed while it is sent. */
export async function limit(sender: RTCRtpSender, bitsPerSecond: number, scale = 1): Promise<void> {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings ?? [];
  if (!encoding) return;
  if (encoding.maxBitrate === bitsPerSecond && (encoding.scaleResolutionDownBy ?? 1) === scale) return;
  encoding.maxBitrate = bitsPerSecond;
  encoding.scaleResolutionDownBy = scale;
  await sender.setParameters(parameters).catch(() => undefined);
}

/** Ask that neither size nor frame rate is given up by itself; browsers that cannot, keep their own way. */
export async function keepSizeAndRate(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return;
  Object.assign(parameters, { degradationPreference: "maintain-framerate-and-resolution" });
  await sender.setParameters(parameters).catch(() => undefined);
}
