import { describe, expect, it } from "vitest";
import { askingForLostSound, iceCredentials, restartedAnswer, trickleFragment } from "./sdp";

const sdp = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join("");

const OFFER = sdp(
  "v=0",
  "a=group:BUNDLE 0 1",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=ice-ufrag:user",
  "a=ice-pwd:secret",
  "a=mid:0",
  "m=video 9 UDP/TLS/RTP/SAVPF 102",
  "a=ice-ufrag:user",
  "a=ice-pwd:secret",
  "a=mid:1",
);

const candidate = (text: string, sdpMid: string): RTCIceCandidateInit => ({ candidate: text, sdpMid });

describe("trickleFragment", () => {
  it("names credentials once and candidates under their media section", () => {
    expect(
      trickleFragment(OFFER, [candidate("candidate:1 1 udp 1 192.0.2.1 5000 typ host", "1")], false),
    ).toBe(
      sdp(
        "a=ice-ufrag:user",
        "a=ice-pwd:secret",
        "m=video 9 UDP/TLS/RTP/SAVPF 102",
        "a=mid:1",
        "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host",
      ),
    );
  });

  it("finds the section by its index where there is no mid", () => {
    const fragment = trickleFragment(OFFER, [{ candidate: "candidate:2", sdpMLineIndex: 1 }], false);
    expect(fragment).toContain("a=mid:1\r\na=candidate:2");
  });

  it("says when that was all", () => {
    expect(trickleFragment(OFFER, [], true)).toContain("a=mid:0\r\na=end-of-candidates");
  });
});

describe("restartedAnswer", () => {
  const answer = sdp(
    "v=0",
    "m=audio 4000 UDP/TLS/RTP/SAVPF 111",
    "a=mid:0",
    "a=ice-ufrag:old",
    "a=ice-pwd:older",
    "a=candidate:1 old",
    "a=end-of-candidates",
    "m=video 4000 UDP/TLS/RTP/SAVPF 102",
    "a=mid:1",
    "a=ice-ufrag:old",
    "a=ice-pwd:older",
  );
  const fragment = sdp("a=ice-ufrag:new", "a=ice-pwd:newer", "m=audio 9 x 0", "a=mid:0", "a=candidate:2 new");

  it("has the new credentials in every section and the new candidates in the first", () => {
    expect(restartedAnswer(answer, fragment)).toBe(
      sdp(
        "v=0",
        "m=audio 4000 UDP/TLS/RTP/SAVPF 111",
        "a=mid:0",
        "a=ice-ufrag:new",
        "a=ice-pwd:newer",
        "a=candidate:2 new",
        "m=video 4000 UDP/TLS/RTP/SAVPF 102",
        "a=mid:1",
        "a=ice-ufrag:new",
        "a=ice-pwd:newer",
      ),
    );
  });

  it("reads the first credentials", () => {
    expect(iceCredentials(fragment)).toEqual(["a=ice-ufrag:new", "a=ice-pwd:newer"]);
    expect(iceCredentials("v=0")).toEqual([]);
  });
});

describe("askingForLostSound", () => {
  const opus = "a=rtpmap:111 opus/48000/2";

  it("adds the wish to every Opus format, once", () => {
    const asking = askingForLostSound(sdp("m=audio 9 UDP/TLS/RTP/SAVPF 111 0", opus, "a=rtpmap:0 PCMU/8000"));
    expect(asking).toBe(
      sdp("m=audio 9 UDP/TLS/RTP/SAVPF 111 0", opus, "a=rtcp-fb:111 nack", "a=rtpmap:0 PCMU/8000"),
    );
    expect(askingForLostSound(asking)).toBe(asking);
  });

  it("leaves the picture alone", () => {
    const picture = sdp("m=video 9 UDP/TLS/RTP/SAVPF 102", "a=rtpmap:102 H264/90000");
    expect(askingForLostSound(picture)).toBe(picture);
  });
});
