import { describe, expect, it, vi } from "vitest";
import { Backoff, sleep } from "./backoff";

describe("Backoff", () => {
  it("grows from half a second to five seconds", () => {
    const backoff = new Backoff(500, 5000, () => 0);
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map(() => backoff.next());
    expect(pauses).toEqual([500, 750, 1125, 1688, 2531, 3797, 5000, 5000]);
  });

  it("shortens a pause by a fifth at most", () => {
    expect(new Backoff(500, 5000, () => 0.999).next()).toBeGreaterThanOrEqual(400);
  });

  it("stays short where the caller says so", () => {
    const backoff = new Backoff(500, 5000, () => 0);
    const pauses = [1, 2, 3, 4].map(() => backoff.next(1000));
    expect(pauses).toEqual([500, 750, 1000, 1000]);
    expect(backoff.next()).toBe(1500);
  });

  it("starts small again after a success", () => {
    const backoff = new Backoff(500, 5000, () => 0);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(500);
  });
});

describe("sleep", () => {
  it("ends early when aborted", async () => {
    vi.useFakeTimers();
    const abort = new AbortController();
    const slept = sleep(1000, abort.signal);
    abort.abort(new Error("enough"));
    await expect(slept).rejects.toThrow("enough");
    await expect(sleep(1, abort.signal)).rejects.toThrow("enough");
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
