import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TbarHand } from "./tbar";

describe("TbarHand", () => {
  let ordered: number[];
  let hand: TbarHand;

  beforeEach(() => {
    vi.useFakeTimers();
    ordered = [];
    hand = new TbarHand((place) => ordered.push(Math.round(place * 1000) / 1000));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const hold = (key: string, times: number, confirmed = 0): void => {
    for (let time = 0; time < times; time++) hand.press(key, confirmed);
  };

  it("goes by keys in steps that one sees, from where the mixer has it", () => {
    hold("ArrowRight", 5);
    expect(ordered).toEqual([0.02, 0.04, 0.06, 0.08, 0.1]);
    hand.leave();
    vi.advanceTimersByTime(500);
    hold("PageDown", 1, 0.45);
    hold("ArrowLeft", 1);
    expect(ordered.slice(5)).toEqual([0.35, 0.33]);
    hold("Home", 2);
    expect(ordered.at(-1)).toBe(0);
    expect(hand.press("Tab", 0)).toBe(false);
  });

  it("stays in a hand that has taken it again before the mixer's word has come", () => {
    hand.move(0.4);
    hand.leave();
    vi.advanceTimersByTime(400);
    hand.move(0.5);
    vi.advanceTimersByTime(1000);
    expect(hand.place.value).toBe(0.5);
    hand.leave();
    vi.advanceTimersByTime(500);
    expect(hand.place.value).toBeNull();
  });

  it("begins nothing anew under a key that is held beyond the end", () => {
    hold("ArrowRight", 80);
    expect([ordered.length, ordered.at(-1)]).toEqual([50, 1]);
    vi.advanceTimersByTime(1000);
    hold("End", 1);
    expect(ordered.length).toBe(50);
    hand.leave();
    vi.advanceTimersByTime(0);
    expect(hand.place.value).toBeNull();
    hold("ArrowRight", 1);
    expect(ordered.at(-1)).toBe(0.02);
  });
});
