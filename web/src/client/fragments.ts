/** What a player has to know of fragmented MP4 (ISO/IEC 14496-12): where a header ends, and its codecs. */

const OPUS = "opus";
const AAC = "mp4a.40.2";
/** What a browser is asked whether it plays it. */
export const OPUS_TYPE = `audio/mp4; codecs="${OPUS}"`;

/** A stream has a picture, and not in H.264. */
export class ForeignCodecError extends Error {}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

/** Where four letters stand in the bytes; −1 where they do not. */
function find(bytes: Uint8Array, name: string): number {
  const [a, b, c, d] = [...name].map((letter) => letter.charCodeAt(0));
  for (let at = 0; at + 4 <= bytes.length; at += 1)
    if (bytes[at] === a && bytes[at + 1] === b && bytes[at + 2] === c && bytes[at + 3] === d) return at;
  return -1;
}

/**
 * The media type of a stream with its codecs, from its header; null while the header is not complete.
 *
 * @throws ForeignCodecError where it has a picture that is not in H.264.
 */
export function typeOf(bytes: Uint8Array): string | null {
  const header = find(bytes, "moof");
  if (header < 0) return null;
  const head = bytes.subarray(0, header);
  const avc = find(head, "avcC");
  if (avc < 0 && find(head, "vide") >= 0) throw new ForeignCodecError();
  const codecs: string[] = [];
  if (avc >= 0) codecs.push(`avc1.${[5, 6, 7].map((offset) => hex(head[avc + offset] ?? 0)).join("")}`);
  if (find(head, "Opus") >= 0) codecs.push(OPUS);
  if (find(head, "mp4a") >= 0) codecs.push(AAC);
  return `${avc >= 0 ? "video" : "audio"}/mp4; codecs="${codecs.join(",")}"`;
}

/** Bytes one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
