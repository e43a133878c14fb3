/** The little of SDP that trickle ICE over HTTP needs (RFC 8840, RFC 9725 section 4.3). */

export const FRAGMENT_TYPE = "application/trickle-ice-sdpfrag";

const linesOf = (sdp: string): string[] => sdp.split(/\r?\n/).filter((line) => line !== "");

const joined = (lines: string[]): string => `${lines.join("\r\n")}\r\n`;

/** The first ICE user fragment and password of a description. */
export function iceCredentials(sdp: string): string[] {
  const lines = linesOf(sdp);
  return ["a=ice-ufrag:", "a=ice-pwd:"].flatMap((start) => {
    const line = lines.find((candidate) => candidate.startsWith(start));
    return line === undefined ? [] : [line];
  });
}

interface Section {
  head: string;
  mid: string;
}

function sectionsOf(sdp: string): Section[] {
  const sections: Section[] = [];
  for (const line of linesOf(sdp)) {
    if (line.startsWith("m=")) sections.push({ head: line, mid: "" });
    const last = sections.at(-1);
    if (last && line.startsWith("a=mid:")) last.mid = line.slice(6);
  }
  return sections;
}

/** New candidates as a fragment: credentials, then each media section that has some, then whether that was all. */
export function trickleFragment(
  sdp: string,
  candidates: readonly RTCIceCandidateInit[],
  complete: boolean,
): string {
  const sections = sectionsOf(sdp);
  const lines = iceCredentials(sdp);
  sections.forEach((section, index) => {
    const own = candidates.filter((candidate) =>
      candidate.sdpMid == null ? candidate.sdpMLineIndex === index : candidate.sdpMid === section.mid,
    );
    const last = complete && index === 0;
    if (own.length === 0 && !last) return;
    lines.push(section.head, `a=mid:${section.mid}`);
    for (const candidate of own) if (candidate.candidate) lines.push(`a=${candidate.candidate}`);
    if (last) lines.push("a=end-of-candidates");
  });
  return joined(lines);
}

/** The answer that an ICE restart's fragment stands for: the old one with new credentials and candidates. */
export function restartedAnswer(answer: string, fragment: string): string {
  const credentials = iceCredentials(fragment);
  const candidates = linesOf(fragment).filter((line) => /^a=(candidate:|end-of-candidates)/.test(line));
  const kept = linesOf(answer).filter(
    (line) => !/^a=(candidate:|end-of-candidates|ice-ufrag:|ice-pwd:)/.test(line),
  );
  const lines: string[] = [];
  let section = 0;
  const close = (): void => {
    if (section === 1) lines.push(...candidates);
  };
  for (const line of kept) {
    if (line.startsWith("m=")) {
      close();
      section += 1;
    }
    lines.push(line);
    if (line.startsWith("a=mid:")) lines.push(...credentials);
  }
  close();
  return joined(lines);
}

/** The same offer, which also asks for lost Opus packets again (RFC 4585): browsers can, but do not offer it. */
export function askingForLostSound(sdp: string): string {
  const lines = linesOf(sdp);
  return joined(
    lines.flatMap((line) => {
      const opus = /^a=rtpmap:(\d+) opus\/48000/i.exec(line);
      const wish = `a=rtcp-fb:${opus?.[1]} nack`;
      return opus && !lines.includes(wish) ? [line, wish] : [line];
    }),
  );
}
