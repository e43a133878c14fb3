import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Levels, placeOf } from "./levels";

const METERS = {
  guest1: { peak: [-20], rms: [-30], lufs: null, reduced_db: 6.5 },
  program: { peak: [-6, -12], rms: [-20, -20], lufs: -18.4, reduced_db: 0 },
};

describe("Levels", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells both sides of what is mono, and of what is stereo", () => {
    const levels = new Levels();
    levels.take(METERS);
    expect(levels.peaksOf("guest1")).toEqual([-20, -20]);
    expect(levels.peaksOf("program")).toEqual([-6, -12]);
    expect(levels.loudness()).toBe(-18.4);
    expect(levels.reductionOf("guest1")).toBe(6.5);
  });

  it("shows no old level as one of now", () => {
    const levels = new Levels();
    levels.take(METERS);
    vi.advanceTimersByTime(1000);
    expect(placeOf(levels.peaksOf("guest1")[0])).toBe(0);
    expect(levels.loudness()).toBeNull();
    expect(levels.reductionOf("guest1")).toBe(0);
  });

  it("places levels between silence and full scale", () => {
    expect([placeOf(-120), placeOf(-60), placeOf(-30), placeOf(0), placeOf(3)]).toEqual([0, 0, 0.5, 1, 1]);
  });
});
