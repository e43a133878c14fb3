import { describe, expect, it } from "vitest";
import {
  adjusted,
  asClock,
  ENDED_MS,
  NOTHING,
  pixelsPerSecond,
  secondsLeft,
  shownAfter,
  wordsIn,
} from "./shown";

describe("shownAfter", () => {
  it("puts each thing beside the others, and takes each away by its own command", () => {
    const prompter = { text: "Good evening", speed: 90, size: 8 };
    const all = [
      { kind: "message", text: "Louder, please" } as const,
      { kind: "countdown", seconds: 30 } as const,
      { kind: "prompter", ...prompter } as const,
    ].reduce((shown, command) => shownAfter(shown, command, 5000) ?? shown, NOTHING);
    expect(all).toEqual({ message: "Louder, please", until: 35_000, prompter });
    const gone = shownAfter(all, { kind: "message", text: "" }, 6000);
    expect(gone).toEqual({ ...all, message: null });
    expect(shownAfter(all, { kind: "countdown", seconds: 0 }, 6000)?.until).toBeNull();
    expect(shownAfter(all, { kind: "prompter", text: " \n", speed: 1, size: 2 }, 6000)?.prompter).toBeNull();
  });

  it("is none of what changes devices", () => {
    expect(shownAfter(NOTHING, { kind: "mute" }, 0)).toBeNull();
  });
});

describe("secondsLeft", () => {
  it("counts whole seconds, stands at none, and goes", () => {
    const ends = 100_000;
    expect([90_000, 90_001, 99_999, 100_000, 105_000].map((now) => secondsLeft(ends, now))).toEqual([
      10, 10, 1, 0, 0,
    ]);
    expect(secondsLeft(ends, ends + ENDED_MS)).toBeNull();
  });

  it.each([
    [0, "0:00"],
    [65, "1:05"],
    [3600, "1:00:00"],
    [86_399, "23:59:59"],
  ])("%i seconds are %s", (seconds, words) => {
    expect(asClock(seconds)).toBe(words);
  });
});

describe("the prompter", () => {
  it("moves as fast as its words are spoken", () => {
    expect(pixelsPerSecond(wordsIn("one two\nthree  four"), 400, 60)).toBe(100);
    expect(pixelsPerSecond(wordsIn("one"), 400, 0)).toBe(0);
    expect(pixelsPerSecond(wordsIn(" "), 400, 60)).toBe(0);
  });

  it("stays within what can be asked for", () => {
    const text = { text: "one", speed: 390, size: 3 };
    expect(adjusted(text, { speed: 20, size: -2 })).toEqual({ text: "one", speed: 400, size: 2 });
    expect(adjusted(text, { size: 1 })).toEqual({ text: "one", speed: 390, size: 4 });
  });
});
