import { describe, expect, it } from "vitest";
import type { OverlayView, TimerView } from "../client/types";
import {
  bodyOf,
  isComplete,
  isOver,
  isSameOverlay,
  lostTimerOf,
  nameOf,
  timeOf,
  withTimerOf,
} from "./overlays";
import { overlay, timer } from "./samples";

const ticker: OverlayView = {
  ...timerless(timer()),
  kind: "ticker",
  items: ["Storm warning", "Ferries are late"],
  separator: "•",
  speed: 0.08,
};
const team = { name: "Ada", color: "#2e86ab", score: 0 };
const game: OverlayView = {
  ...timerless(timer()),
  kind: "scoreboard",
  home: team,
  away: { ...team, name: "" },
  label: "",
  timer: "",
};

function timerless({ id, on, shown, anchor, size, color, alpha, frames }: TimerView) {
  return { id, on, shown, anchor, size, color, alpha, frames };
}

describe("timeOf", () => {
  const at = (seconds: number, change: Partial<TimerView> = {}): string =>
    timeOf(timer({ running: true, ...change }), seconds * 1000);

  it("shows what has begun of a countdown, as the mixer does", () => {
    expect([0, 0.5, 1, 599, 600, 700].map((seconds) => at(seconds))).toEqual([
      "10:00",
      "10:00",
      "9:59",
      "0:01",
      "0:00",
      "0:00",
    ]);
    expect(at(661, { at_zero: "count_on" })).toBe("−1:01");
  });

  it("writes a time that grows in its form", () => {
    expect(at(3661, { mode: "count_up", format: "h:mm:ss" })).toBe("1:01:01");
    expect(at(3661, { mode: "count_up", format: "h:mm" })).toBe("1:01");
  });

  it("stands while it stands", () => {
    const standing = timer({ elapsed_ms: 90_000 });
    expect([timeOf(standing, 0), timeOf(standing, 5000)]).toEqual(["8:30", "8:30"]);
    expect(isOver(standing, 0)).toBe(false);
    expect(isOver(timer({ elapsed_ms: 600_000 }), 0)).toBe(true);
    expect(isOver(timer({ elapsed_ms: 600_000, at_zero: "count_on" }), 0)).toBe(false);
  });
});

describe("a form", () => {
  it("shows no time in place of a timer that was deleted", () => {
    const board = bodyOf({ ...game, timer: "start" });
    const timers = [timer({ id: "start" })];
    expect([lostTimerOf(board, timers), lostTimerOf(board, [])]).toEqual(["", "start"]);
    expect(withTimerOf(board, timers)).toEqual(board);
    expect(withTimerOf(board, [])).toEqual({ ...board, timer: "" });
    expect(withTimerOf(bodyOf(ticker), [])).toEqual(bodyOf(ticker));
  });

  it("leaves what runs alone", () => {
    const running = timer({ running: true, elapsed_ms: 7, on: true, shown: true });
    expect(Object.keys(bodyOf(running))).not.toContain("running");
    expect(isSameOverlay(timer(), running)).toBe(true);
    expect(isSameOverlay(timer(), timer({ seconds: 5 }))).toBe(false);
    expect(isSameOverlay(timer(), null)).toBe(false);
  });

  it("knows what each kind has to have", () => {
    expect(isComplete(bodyOf(timer()))).toBe(true);
    expect(isComplete(bodyOf(timer({ seconds: 0 })))).toBe(false);
    expect(isComplete(bodyOf(ticker))).toBe(true);
    expect(isComplete({ ...bodyOf(ticker), kind: "ticker", items: [" "] } as never)).toBe(false);
    expect(isComplete(bodyOf(game))).toBe(true);
    expect(isComplete(bodyOf(overlay({ text: "" })))).toBe(false);
  });

  it("is named as people see it", () => {
    expect([timer(), ticker, game, overlay()].map(nameOf)).toEqual(["start", "Storm warning", "Ada", "Ada"]);
  });
});
