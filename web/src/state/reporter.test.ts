import { computed, signal } from "@preact/signals";
import { afterEach, expect, it, vi } from "vitest";
import { ApiError, guestApi } from "../client/api";
import type { OnScreen, OwnDevices, Readiness } from "../client/types";
import type { Inside } from "./page";
import { reportOwnSide } from "./reporter";
import { guest } from "./samples";

const NOTHING = { names: [], now: "" };
const OWN: OwnDevices = { camera: NOTHING, microphone: NOTHING, speaker: NOTHING, quality: "720p" };
const READY: Readiness = {
  faults: [],
  checked: true,
  hears: "yes",
  limited_by: "none",
  system: "Firefox 128, Linux",
};

const EMPTY: OnScreen = { message: null, countdown: null, prompter: null };
const ON = signal({ camera: "on", mic: "on" } as const);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("reports devices until control says so itself, and again once control has forgotten them", async () => {
  const report = vi.spyOn(guestApi, "report").mockResolvedValue({});
  const view = signal(guest());
  const own = signal(OWN);
  const inside = computed(() => ({ kind: "inside", token: "t", guest: view.value }) as unknown as Inside);
  reportOwnSide(
    inside,
    ON,
    computed(() => ({ devices: own.value, readiness: READY, on_screen: EMPTY })),
  );
  await Promise.resolve();
  view.value = guest({ devices: OWN, readiness: READY, on_screen: EMPTY });
  expect(report).toHaveBeenCalledOnce();
  own.value = { ...OWN, quality: "360p" };
  await Promise.resolve();
  view.value = guest({ devices: own.value, readiness: READY, on_screen: EMPTY, name: "Ada L." });
  expect(report.mock.calls.map(([, , body]) => body.devices?.quality)).toEqual(["720p", "360p"]);
  view.value = guest({ devices: null });
  expect(report).toHaveBeenCalledTimes(3);
});

it("reports what has changed while a report was on its way", async () => {
  let arrived = (): void => undefined;
  const report = vi
    .spyOn(guestApi, "report")
    .mockImplementation(() => new Promise((resolve) => (arrived = () => resolve({}))));
  const view = guest({ devices: OWN, readiness: READY, on_screen: EMPTY });
  const inside = signal({ kind: "inside", token: "t", guest: view } as unknown as Inside);
  const side = { devices: OWN, readiness: { ...READY, faults: ["muted"] } as Readiness, on_screen: EMPTY };
  const own = signal(side);
  reportOwnSide(inside, ON, own);
  own.value = { ...side, readiness: { ...READY, faults: ["silent"] } };
  expect(report).toHaveBeenCalledOnce();
  arrived();
  await vi.waitFor(() => expect(report).toHaveBeenCalledTimes(2));
  expect(report.mock.calls.at(-1)?.[2].readiness?.faults).toEqual(["silent"]);
});

it("tells what stands on the screen as soon as that changes, and again to a control that has forgotten it", async () => {
  const report = vi.spyOn(guestApi, "report").mockResolvedValue({});
  const view = signal(guest({ devices: OWN, readiness: READY, on_screen: EMPTY }));
  const own = signal({ devices: OWN, readiness: READY, on_screen: EMPTY });
  const inside = computed(() => ({ kind: "inside", token: "t", guest: view.value }) as unknown as Inside);
  reportOwnSide(inside, ON, own);
  expect(report).not.toHaveBeenCalled();
  const shown: OnScreen = { ...EMPTY, prompter: { id: "c1" } };
  own.value = { ...own.value, on_screen: shown };
  expect(report.mock.calls.map(([, , body]) => body.on_screen)).toEqual([shown]);
  view.value = guest({ devices: OWN, readiness: READY, on_screen: shown });
  await Promise.resolve();
  expect(report).toHaveBeenCalledOnce();
  view.value = guest({ devices: OWN, readiness: READY });
  expect(report).toHaveBeenCalledTimes(2);
});

it("tells it again where control has forgotten it while a report was on its way", async () => {
  let arrived = (): void => undefined;
  const report = vi
    .spyOn(guestApi, "report")
    .mockImplementation(() => new Promise((resolve) => (arrived = () => resolve({}))));
  const view = signal(guest({ devices: OWN, readiness: READY, on_screen: EMPTY }));
  const own = signal({ devices: OWN, readiness: READY, on_screen: EMPTY });
  const inside = computed(() => ({ kind: "inside", token: "t", guest: view.value }) as unknown as Inside);
  reportOwnSide(inside, ON, own);
  own.value = { ...own.value, on_screen: { ...EMPTY, prompter: { id: "c1" } } };
  view.value = guest({ devices: OWN, readiness: READY });
  expect(report).toHaveBeenCalledOnce();
  arrived();
  await vi.waitFor(() => expect(report).toHaveBeenCalledTimes(2));
});

it.each([
  ["once more where it did not arrive", new ApiError(0, "unreachable", "no answer"), 2],
  ["not again what is refused", new ApiError(403, "forbidden", "this is another guest"), 1],
] as const)("reports %s", async (_, error, times) => {
  vi.useFakeTimers();
  const report = vi.spyOn(guestApi, "report").mockRejectedValueOnce(error).mockResolvedValue({});
  const inside = signal({ kind: "inside", token: "t", guest: guest() } as unknown as Inside);
  reportOwnSide(inside, ON, signal({ devices: OWN, readiness: READY, on_screen: EMPTY }));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(report).toHaveBeenCalledTimes(times);
});
