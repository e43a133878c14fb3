import { describe, expect, it } from "vitest";
import { ForeignCodecError, joined, typeOf } from "./fragments";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
const AVC = joined([letters("ftyp....moov..avcC"), new Uint8Array([1, 0x42, 0xc0, 0x1f])]);

describe("typeOf", () => {
  it("waits until the header is complete", () => {
    expect(typeOf(AVC)).toBeNull();
  });

  it("names picture and sound", () => {
    expect(typeOf(joined([AVC, letters("....moof")]))).toBe('video/mp4; codecs="avc1.42c01f"');
    expect(typeOf(joined([AVC, letters("Opus....moof....mp4a")]))).toBe(
      'video/mp4; codecs="avc1.42c01f,opus"',
    );
    expect(typeOf(letters("ftyp....soun..Opus....moof"))).toBe('audio/mp4; codecs="opus"');
  });

  it("refuses a picture that it cannot name", () => {
    expect(() => typeOf(letters("ftyp....vide..vp09..Opus....moof"))).toThrow(ForeignCodecError);
  });
});
