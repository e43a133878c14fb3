import { act, cleanup, render } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TimerView } from "../../client/types";
import { Commands } from "../../state/commands";
import type { Operator } from "../../state/operator";
import { timer } from "../../state/samples";
import { TimerButtons } from "./RunningOverlay";

const operator = { commands: new Commands() } as Partial<Operator> as Operator;
const buttons = (change: Partial<TimerView>) => <TimerButtons timer={timer(change)} operator={operator} />;
const shown = (): string | null | undefined => document.querySelector("output")?.textContent;

describe("a timer's time", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });

  it("is looked at while it runs alone", async () => {
    const { rerender, getByRole } = render(buttons({ elapsed_ms: 1000 }));
    expect([shown(), vi.getTimerCount()]).toEqual(["9:59", 0]);
    rerender(buttons({ elapsed_ms: 1000, running: true }));
    expect(vi.getTimerCount()).toBe(1);
    await act(() => void vi.advanceTimersByTime(2000));
    expect(shown()).toBe("9:57");
    await act(() => void vi.advanceTimersByTime(600_000));
    expect([shown(), getByRole("button", { name: /^Pause/ }).getAttribute("aria-disabled")]).toEqual([
      "0:00",
      "true",
    ]);
    rerender(buttons({}));
    expect([shown(), vi.getTimerCount()]).toEqual(["10:00", 0]);
  });
});
