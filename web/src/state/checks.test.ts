import { describe, expect, it } from "vitest";
import type { Uplink } from "../client/uplink";
import { bad, GOOD, isComplete, lightOf, lineOf, moves, NOTHING_YET, SKIPPED, verdictOf } from "./checks";

const WANTED = 2_500_000;
const second = (change: Partial<Uplink> = {}): Uplink => ({
  bitrate: 1_000_000,
  available: 6_000_000,
  loss: 0,
  roundTrip: 40,
  limited: false,
  limitedBy: null,
  ...change,
});
const five = (change: Partial<Uplink>): Uplink[] => Array.from({ length: 5 }, () => second(change));
const ALL_GOOD = Object.fromEntries(Object.keys(NOTHING_YET).map((check) => [check, GOOD])) as never;

describe("the rules", () => {
  it("knows a covered camera from a dark room", () => {
    expect([2, 20, 90].map(lightOf)).toEqual([bad("black"), bad("dark"), GOOD]);
  });

  it("takes a level that moves for somebody who speaks, not a hum and not a whisper of noise", () => {
    expect(moves([0.1, 0.5, 0.2])).toBe(true);
    expect(moves([0.5, 0.5, 0.52])).toBe(false);
    expect(moves([0, 0.2, 0])).toBe(false);
    expect(moves([])).toBe(false);
  });

  it("judges a line by what it carried, once it has settled", () => {
    expect(lineOf(five({}), WANTED)).toEqual(GOOD);
    expect(lineOf(five({ bitrate: 0 }), WANTED)).toEqual(bad("no_line"));
    expect(lineOf([], WANTED)).toEqual(bad("no_line"));
    expect(lineOf(five({ loss: 0.1 }), WANTED)).toEqual(bad("lossy"));
    expect(lineOf([second({ loss: 1 }), ...five({}).slice(1)], WANTED)).toEqual(GOOD);
    expect(lineOf(five({ available: 800_000, limited: true }), WANTED)).toEqual(bad("slow"));
    expect(lineOf(five({ available: 800_000 }), WANTED)).toEqual(GOOD);
    expect(lineOf(five({ available: null }), WANTED)).toEqual(GOOD);
    expect(lineOf(five({ roundTrip: 900 }), WANTED)).toEqual(bad("far"));
  });
});

describe("the verdict", () => {
  it("is complete when nothing is waited for", () => {
    expect(isComplete(NOTHING_YET)).toBe(false);
    expect(isComplete(ALL_GOOD)).toBe(true);
    expect(isComplete({ ...(ALL_GOOD as object), echo: SKIPPED } as never)).toBe(true);
  });

  it("names the gravest alone", () => {
    const found = { ...(ALL_GOOD as object), light: bad("dark"), echo: bad("echo") } as never;
    expect(verdictOf(ALL_GOOD)).toBeNull();
    expect(verdictOf(found)).toBe("echo");
    expect(verdictOf({ ...(found as object), microphone: bad("silent") } as never)).toBe("silent");
  });
});
