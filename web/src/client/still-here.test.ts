import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { StillHere } from "./still-here";

const onGone = vi.fn();
const probe = vi.fn<(signal: AbortSignal) => Promise<unknown>>();
let stillHere: StillHere;

beforeEach(() => {
  vi.useFakeTimers();
  onGone.mockReset();
  probe.mockReset();
  stillHere = new StillHere(probe, onGone);
  stillHere.heard();
});

afterEach(() => {
  stillHere.stop();
  vi.useRealTimers();
});

const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));

it("asks nobody while something is said", async () => {
  for (let second = 0; second < 20; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    stillHere.heard();
  }
  expect(probe).not.toHaveBeenCalled();
});

it("goes on asking where nothing is said and the server answers", async () => {
  probe.mockResolvedValue("ok");
  await vi.advanceTimersByTimeAsync(12_000);
  expect(probe).toHaveBeenCalledTimes(2);
  expect(onGone).not.toHaveBeenCalled();
});

it("says once that the server is gone: with an answer that does not come, or a refusal", async () => {
  probe.mockImplementation(never);
  await vi.advanceTimersByTimeAsync(9999);
  expect(onGone).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onGone).toHaveBeenCalledTimes(1);
  stillHere.heard();
  probe.mockRejectedValue(new TypeError("network error"));
  await vi.advanceTimersByTimeAsync(5999);
  expect(onGone).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(onGone).toHaveBeenCalledTimes(2);
});

it("asks once more where a question failed at once, as when a network comes or goes", async () => {
  probe.mockRejectedValueOnce(new TypeError("network changed")).mockResolvedValue("ok");
  await vi.advanceTimersByTimeAsync(11_000);
  expect(probe).toHaveBeenCalledTimes(3);
  expect(onGone).not.toHaveBeenCalled();
});

it("takes what is said meanwhile for an answer, and stays quiet once it is stopped", async () => {
  probe.mockImplementation(never);
  await vi.advanceTimersByTimeAsync(6000);
  stillHere.heard();
  await vi.advanceTimersByTimeAsync(4500);
  stillHere.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onGone).not.toHaveBeenCalled();
});
