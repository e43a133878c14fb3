import { describe, expect, it } from "vitest";
import { lineOf } from "./guest-line";
import { type LineFigure, toneOf } from "./line-tone";
import { session, track } from "./samples";

const tones = (kind: LineFigure["kind"], ...values: number[]): string[] =>
  values.map((value) => toneOf({ kind, value }));

describe("toneOf", () => {
  it("goes from good to bad at its bounds", () => {
    expect(tones("loss", 0, 0.02, 0.021, 0.08)).toEqual(["good", "good", "warn", "bad"]);
    expect(tones("round_trip", 150, 151, 399, 400)).toEqual(["good", "warn", "warn", "bad"]);
    expect(tones("frame_rate", 30, 20, 19, 10)).toEqual(["good", "good", "warn", "bad"]);
  });

  it("allows sound to be later than it may be early", () => {
    expect(tones("av_offset", -45, -46, -90)).toEqual(["good", "warn", "bad"]);
    expect(tones("av_offset", 125, 126, 185)).toEqual(["good", "warn", "bad"]);
  });
});

describe("lineOf", () => {
  it("says by a word what it says by a colour", () => {
    const lossy = session({
      tracks: [track({ loss: 0.1, frame_rate: 8 })],
      round_trip_ms: 210,
      av_offset_ms: -120,
    });
    expect(lineOf(lossy).map(({ text, tone }) => [text, tone])).toEqual([
      ["1280×720", null],
      ["8 fps, very low", "bad"],
      ["1.9 Mbit/s", null],
      ["loss 10.0 %, very high", "bad"],
      ["210 ms, high", "warn"],
      ["A/V −120 ms, sound much too early", "bad"],
    ]);
  });

  it("leaves out what is not known", () => {
    const audio = track({ kind: "audio", bitrate: 64_000, loss: 0 });
    const sparse = session({ tracks: [audio], round_trip_ms: null, av_offset_ms: null });
    expect(lineOf(sparse).map(({ text }) => text)).toEqual(["64 kbit/s", "loss 0.0 %"]);
    expect(lineOf(session({ tracks: [] }))[0]?.text).toBe("0 kbit/s");
  });

  it("has no word for what is good, and no tone for a screen's pictures or a camera that is off", () => {
    expect(lineOf(session()).map(({ text }) => text)).toEqual([
      "1280×720",
      "30 fps",
      "2.0 Mbit/s",
      "loss 0.2 %",
      "84 ms",
      "A/V −7 ms",
    ]);
    const screen = session({ kind: "screen", tracks: [track({ frame_rate: 5 })] });
    const off = session({ tracks: [track({ frame_rate: 0, state: "off" })] });
    for (const each of [screen, off]) expect(lineOf(each)[1]?.tone).toBeNull();
  });
});
