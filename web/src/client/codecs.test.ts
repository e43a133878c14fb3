import { describe, expect, it } from "vitest";
import { ordered } from "./codecs";

const codec = (mimeType: string, sdpFmtpLine?: string) => ({
  mimeType,
  ...(sdpFmtpLine ? { sdpFmtpLine } : {}),
});

describe("ordered", () => {
  it("puts H.264 in many packets first, then VP8, and helpers last", () => {
    const single = codec("video/H264", "packetization-mode=0;profile-level-id=42e01f");
    const split = codec("video/H264", "packetization-mode=1;profile-level-id=42e01f");
    const all = [
      codec("video/rtx"),
      codec("video/VP8"),
      codec("video/AV1"),
      single,
      codec("video/VP9"),
      split,
    ];
    expect(ordered(all).map(({ mimeType }) => mimeType)).toEqual([
      "video/H264",
      "video/H264",
      "video/VP8",
      "video/VP9",
      "video/AV1",
      "video/rtx",
    ]);
    expect(ordered(all)[0]).toBe(split);
  });
});
