import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Device } from "./media";
import { hasPassed, keepPassed } from "./passed";
import { changeSettings, DEFAULTS } from "./settings";

const device = (deviceId: string | null): Device => ({
  track: deviceId === null ? null : ({ getSettings: () => ({ deviceId }) } as unknown as MediaStreamTrack),
  opening: false,
  fault: null,
});
const using = (camera: string | null, microphone: string | null = "desk", speaker: string | null = null) => ({
  camera: signal(device(camera)),
  microphone: signal(device(microphone)),
  speaker: signal(speaker),
});

describe("passed checks", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    changeSettings(DEFAULTS);
  });
  afterEach(() => {
    changeSettings(DEFAULTS);
    vi.useRealTimers();
  });

  it("are good for twelve hours", () => {
    expect(hasPassed(using("front"))).toBe(false);
    keepPassed(using("front"));
    vi.advanceTimersByTime(11.9 * 3_600_000);
    expect(hasPassed(using("front"))).toBe(true);
    vi.advanceTimersByTime(0.2 * 3_600_000);
    expect(hasPassed(using("front"))).toBe(false);
  });

  it("are good for the devices that were checked, as soon as these are known", () => {
    keepPassed(using("front"));
    expect(hasPassed(using(null))).toBe(true);
    expect(hasPassed(using("back"))).toBe(false);
    expect(hasPassed(using("front", "headset"))).toBe(false);
    expect(hasPassed(using("front", "desk", "headset"))).toBe(false);
  });
});
