import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import type { Meters } from "../client/types";
import { LevelAsking } from "./level-asking";
import { Levels } from "./levels";

const loud = (peak: number): Meters => ({
  program: { peak: [peak], rms: [peak], lufs: peak, reduced_db: 0 },
});

describe("LevelAsking", () => {
  let end: () => void = () => undefined;
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    end();
    vi.useRealTimers();
  });

  function begun(ask: () => Promise<Meters>, isWanted = true): { levels: Levels; ask: typeof ask } {
    const levels = new Levels();
    const asked = vi.fn(ask);
    end = new LevelAsking(levels, asked, () => isWanted).start();
    return { levels, ask: asked };
  }

  it("keeps the levels of now where no stream brings them", async () => {
    const { levels } = begun(async () => loud(-20));
    expect(levels.areOld).toBe(true);
    for (let seconds = 0; seconds < 3; seconds += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      expect([levels.areOld, levels.loudness()]).toEqual([false, -20]);
    }
    end();
    await vi.advanceTimersByTimeAsync(2000);
    expect([levels.areOld, levels.loudness()]).toEqual([true, null]);
  });

  it("asks nothing while a stream brings them, or nobody wants them", async () => {
    const { levels, ask } = begun(async () => loud(-20));
    for (let times = 0; times < 20; times += 1) {
      levels.take(loud(-6));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect([vi.mocked(ask).mock.calls.length, levels.loudness()]).toEqual([0, -6]);
    end();
    const unwanted = begun(async () => loud(-20), false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(vi.mocked(unwanted.ask).mock.calls).toEqual([]);
  });

  it("asks one question at a time, and less often where that fails", async () => {
    const slow = begun(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(3000);
    expect(vi.mocked(slow.ask).mock.calls).toHaveLength(1);
    end();
    const failing = begun(() => Promise.reject(new ApiError(0, "unreachable", "no answer")));
    await vi.advanceTimersByTimeAsync(5000);
    expect(vi.mocked(failing.ask).mock.calls).toHaveLength(3);
  });

  it("shows none where the mixer says nothing", async () => {
    const { levels } = begun(async () => ({}));
    await vi.advanceTimersByTimeAsync(1000);
    expect(levels.areOld).toBe(true);
  });
});
