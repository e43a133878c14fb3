import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { mixerApi } from "../../client/mixer";
import type { BoardView } from "../../client/types";
import { Commands } from "../../state/commands";
import { Console } from "../../state/console";
import { type Mixing, NOTHING } from "../../state/mixing";
import { mixer } from "../../state/samples";
import { TakeBar } from "./TakeBar";

const board = (kind: "mix" | "stinger"): BoardView => ({ transition: { kind, frames: 15 } }) as BoardView;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(mixerApi, "tbar").mockReturnValue(new Promise(() => undefined));
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it.each([
  ["the mixer goes", { mixer: null }],
  ["a stinger is chosen", { board: board("stinger") }],
])("has the T-bar stand where the mixer says once it cannot be held any more, as %s", async (_, change) => {
  const mixing = signal<Mixing>({ ...NOTHING, mixer: mixer(), board: board("mix") });
  render(<TakeBar console={new Console(mixing, new Commands())} onKeys={() => undefined} />);
  const bar = screen.getByRole("slider") as HTMLInputElement;
  await act(() => {
    fireEvent.input(bar, { target: { value: "300" } });
  });
  await act(() => {
    mixing.value = { ...mixing.value, ...change };
  });
  expect([bar.value, bar.disabled]).toEqual(["300", true]);
  await act(() => {
    vi.advanceTimersByTime(1000);
  });
  expect(bar.value).toBe("0");
});
