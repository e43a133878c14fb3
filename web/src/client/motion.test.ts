import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Motion, watchMotion } from "./motion";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A video whose frames and connection the test has in its hand, and what was told of it. */
function watched(isOpen = true) {
  const state = { frames: 0, isOpen };
  const told: Motion[] = [];
  const video = {
    getVideoPlaybackQuality: () => ({ totalVideoFrames: state.frames }) as VideoPlaybackQuality,
  };
  const stop = watchMotion(
    video,
    () => state.isOpen,
    (motion) => told.push(motion),
  );
  /** Time goes by, with so many frames in each tenth of a second. */
  const pass = (ms: number, frames = 0): void => {
    for (let at = 0; at < ms; at += 100) {
      state.frames += frames;
      vi.advanceTimersByTime(100);
    }
  };
  return { state, told, stop, pass };
}

it("tells within two seconds that a picture stands still, and when it moves again", () => {
  const { told, pass } = watched();
  pass(1000, 3);
  expect(told).toEqual(["moves"]);
  pass(1000);
  expect(told).toEqual(["moves"]);
  pass(900);
  expect(told).toEqual(["moves", "still"]);
  pass(500, 3);
  expect(told).toEqual(["moves", "still", "moves"]);
});

it("tells that no first picture comes, once there has been a connection for two seconds", () => {
  const { state, told, pass } = watched(false);
  pass(10_000);
  expect(told).toEqual([]);
  state.isOpen = true;
  pass(1900);
  expect(told).toEqual([]);
  pass(400);
  expect(told).toEqual(["missing"]);
  pass(500, 3);
  expect(told).toEqual(["missing", "moves"]);
});

it("waits anew for a first picture after the connection was lost", () => {
  const { state, told, pass } = watched();
  pass(1500);
  state.isOpen = false;
  pass(1000);
  state.isOpen = true;
  pass(1500);
  expect(told).toEqual([]);
  pass(1000);
  expect(told).toEqual(["missing"]);
});

it("takes a slow picture for one that moves", () => {
  const { told, pass } = watched();
  for (let second = 0; second < 5; second += 1) {
    pass(100, 1);
    pass(900);
  }
  expect(told).toEqual(["moves"]);
});

it("tells nothing once it has ended", () => {
  const { told, stop, pass } = watched();
  pass(500, 3);
  stop();
  pass(5000);
  expect(told).toEqual(["moves"]);
});
