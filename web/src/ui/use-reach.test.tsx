import { act, renderHook } from "@testing-library/preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import type { LinkState } from "../client/lasting";
import { Reach } from "../state/reach";
import { useHttp } from "./use-reach";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("finds UDP blocked where a session says so and HTTP plays, and not where a codec is refused", async () => {
  const reach = new Reach();
  const link = { kind: "refused", error: new ApiError(406, "no_common_codec", "") } as LinkState;
  const use = (link: LinkState) => useHttp(reach, { isWanted: true, link });
  const { result, rerender } = renderHook(use, { initialProps: link });
  await act(() => void vi.advanceTimersByTime(4000));
  expect(result.current.isTaken).toBe(true);
  await act(() => result.current.onPlays(true));
  expect([result.current.plays, reach.isBlocked.value]).toEqual([true, false]);
  rerender({ kind: "waiting", cause: "network_blocked" });
  expect(reach.isBlocked.value).toBe(true);
  rerender({ kind: "connecting", after: "network_blocked" });
  expect(reach.isBlocked.value).toBe(true);
  rerender({ kind: "connected", session: "s1" });
  expect([result.current.isTaken, reach.isBlocked.value]).toEqual([false, false]);
});
