import { describe, expect, it } from "vitest";
import { History, MOST_STEPS } from "./history";

describe("History", () => {
  it("goes back and forward, and forgets what was undone once something else is done", () => {
    const history = new History<string>();
    expect([history.undo("a"), history.redo("a")]).toEqual([null, null]);
    history.step("a", null);
    history.step("b", null);
    expect(history.undo("c")).toBe("b");
    expect(history.undo("b")).toBe("a");
    expect([history.canUndo.value, history.canRedo.value]).toEqual([false, true]);
    expect(history.redo("a")).toBe("b");
    history.step("b", null);
    expect(history.canRedo.value).toBe(false);
    expect(history.undo("d")).toBe("b");
  });

  it("takes what is done in one go for one step", () => {
    const history = new History<number>();
    for (const at of [0, 1, 2]) history.step(at, "slot 0 x");
    expect(history.undo(3)).toBe(0);
    history.step(0, "slot 0 x");
    history.seal();
    history.step(1, "slot 0 x");
    history.step(2, "slot 1 x");
    expect([history.undo(3), history.undo(2), history.undo(1), history.undo(0)]).toEqual([2, 1, 0, null]);
  });

  it("keeps the newest steps", () => {
    const history = new History<number>();
    for (let at = 0; at < MOST_STEPS + 5; at++) history.step(at, null);
    const found: (number | null)[] = [];
    for (let at: number | null = -1; at !== null; ) {
      at = history.undo(at);
      found.push(at);
    }
    expect([found.length, found.at(-2)]).toEqual([MOST_STEPS + 1, 5]);
  });
});
