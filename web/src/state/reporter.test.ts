import { computed, signal } from "@preact/signals";
import { afterEach, expect, it, vi } from "vitest";
import { guestApi } from "../client/api";
import type { OwnDevices, Readiness } from "../client/types";
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

afterEach(() => {
  vi.restoreAllMocks();
});

it("reports devices until control says so itself, and again once control has forgotten them", async () => {
  const report = vi.spyOn(guestApi, "report").mockResolvedValue({});
  const view = signal(guest());
  const own = signal(OWN);
  const inside = computed(() => ({ kind: "inside", token: "t", guest: view.value }) as unknown as Inside);
  reportOwnSide(
    inside,
    signal({ camera: "on", mic: "on" }),
    computed(() => ({ devices: own.value, readiness: READY })),
  );
  await Promise.resolve();
  view.value = guest({ devices: OWN, readiness: READY });
  expect(report).toHaveBeenCalledOnce();
  own.value = { ...OWN, quality: "360p" };
  await Promise.resolve();
  view.value = guest({ devices: own.value, readiness: READY, name: "Ada L." });
  expect(report.mock.calls.map(([, , body]) => body.devices?.quality)).toEqual(["720p", "360p"]);
  view.value = guest({ devices: null });
  expect(report).toHaveBeenCalledTimes(3);
});

it("reports what has changed while a report was on its way", async () => {
  let arrived = (): void => undefined;
  const report = vi
    .spyOn(guestApi, "report")
    .mockImplementation(() => new Promise((resolve) => (arrived = () => resolve({}))));
  const view = guest({ devices: OWN, readiness: READY });
  const inside = signal({ kind: "inside", token: "t", guest: view } as unknown as Inside);
  const own = signal({ devices: OWN, readiness: { ...READY, faults: ["muted"] } as Readiness });
  reportOwnSide(inside, signal({ camera: "on", mic: "on" }), own);
  own.value = { devices: OWN, readiness: { ...READY, faults: ["silent"] } };
  expect(report).toHaveBeenCalledOnce();
  arrived();
  await vi.waitFor(() => expect(report).toHaveBeenCalledTimes(2));
  expect(report.mock.calls.at(-1)?.[2].readiness?.faults).toEqual(["silent"]);
});
