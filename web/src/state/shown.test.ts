import { describe, expect, it } from "vitest";
import type { GuestCommand } from "../client/types";
import { command } from "./samples";
import {
  adjusted,
  asClock,
  ENDED_MS,
  NOTHING,
  onScreen,
  pixelsPerSecond,
  type Shown,
  secondsLeft,
  shownAfter,
  wordsIn,
} from "./shown";

const AT = "2026-11-26T10:00:00.000Z";
/** This machine's clock is so much ahead. */
const AHEAD = 5000;

/** What is shown after commands that were sent at the same moment. */
const after = (shown: Shown | null, ...commands: GuestCommand[]): Shown | null =>
  commands.reduce<Shown | null>(
    (before, each, number) =>
      before &&
      shownAfter(before, command({ id: `c${number}`, at: AT, command: each }), Date.parse(AT) + AHEAD),
    shown,
  );

const PROMPTER = { text: "Good evening", speed: 90, size: 8 };
const ALL = after(
  NOTHING,
  { kind: "message", text: "Louder, please" },
  { kind: "countdown", seconds: 30 },
  { kind: "prompter", ...PROMPTER },
);

describe("shownAfter", () => {
  it("puts each thing beside the others, and takes each away by its own command", () => {
    expect(ALL).toEqual({
      message: { id: "c0", ahead: AHEAD, text: "Louder, please", read: null },
      countdown: { id: "c1", ahead: AHEAD, until: Date.parse(AT) + AHEAD + 30_000 },
      prompter: { id: "c2", ahead: AHEAD, ...PROMPTER },
    });
    expect(after(ALL, { kind: "message", text: "" })).toEqual({ ...ALL, message: null });
    expect(after(ALL, { kind: "countdown", seconds: 0 })?.countdown).toBeNull();
    expect(after(ALL, { kind: "prompter", text: " \n", speed: 1, size: 2 })?.prompter).toBeNull();
  });

  it("is none of what changes devices", () => {
    expect(after(NOTHING, { kind: "mute" })).toBeNull();
  });
});

describe("onScreen", () => {
  it("tells what stands there by the server's clock, and when a message was read", () => {
    expect(ALL && onScreen(ALL)).toEqual({
      message: { id: "c0", text: "Louder, please", read_at: null },
      countdown: { id: "c1", ends_at: "2026-11-26T10:00:30.000Z" },
      prompter: { id: "c2" },
    });
    const message = { id: "c0", ahead: AHEAD, text: "Louder", read: Date.parse(AT) + AHEAD + 1000 };
    expect(onScreen({ ...NOTHING, message }).message?.read_at).toBe("2026-11-26T10:00:01.000Z");
  });

  it("tells that there is nothing", () => {
    expect(onScreen(NOTHING)).toEqual({ message: null, countdown: null, prompter: null });
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
