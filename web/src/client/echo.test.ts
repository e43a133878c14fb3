import { describe, expect, it } from "vitest";
import { echoIn, type Moment, NOTES_HZ, noteStarts } from "./echo";

const QUIET = -90;
type Level = (at: number, note: number) => number;
const moments = (level: Level): Moment[] =>
  Array.from({ length: 60 }, (_, step) => ({
    at: step * 0.025,
    levels: NOTES_HZ.map((_, note) => level(step * 0.025, note)),
  }));
const sounds = (at: number, note: number, late: number): boolean => {
  const start = (noteStarts()[note] ?? 0) + late;
  return at >= start && at < start + 0.2;
};

describe("echoIn", () => {
  it("hears the notes, also late and softly", () => {
    expect(echoIn(moments((at, note) => (sounds(at, note, 0.05) ? -40 : QUIET)))).toBe(true);
    expect(echoIn(moments((at, note) => (sounds(at, note, 0.2) ? -58 : QUIET)))).toBe(true);
  });

  it("hears none in silence, nor where they are below the noise", () => {
    expect(echoIn(moments(() => QUIET))).toBe(false);
    expect(echoIn(moments((at, note) => (sounds(at, note, 0.05) ? -45 : -50)))).toBe(false);
  });

  it("takes neither a voice nor beeps for them", () => {
    expect(echoIn(moments((at) => (at > 0.4 ? -30 : QUIET)))).toBe(false);
    expect(echoIn(moments((at) => (Math.floor(at * 10) % 5 === 0 ? -20 : QUIET)))).toBe(false);
  });

  it("takes one note alone for chance", () => {
    expect(echoIn(moments((at, note) => (note === 1 && sounds(at, note, 0.05) ? -40 : QUIET)))).toBe(false);
  });
});
