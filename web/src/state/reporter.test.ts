import { computed, signal } from "@preact/signals";
import { afterEach, expect, it, vi } from "vitest";
import { guestApi } from "../client/api";
import type { OwnDevices } from "../client/types";
import type { Inside } from "./page";
import { reportDevices } from "./reporter";
import { guest } from "./samples";

const NOTHING = { names: [], now: "" };
const OWN: OwnDevices = { camera: NOTHING, microphone: NOTHING, speaker: NOTHING, quality: "720p" };

afterEach(() => {
  vi.restoreAllMocks();
});

it("reports devices until control says so itself, and again once control has forgotten them", async () => {
  const report = vi.spyOn(guestApi, "report").mockResolvedValue({});
  const view = signal(guest());
  const own = signal(OWN);
  const inside = computed(() => ({ kind: "inside", token: "t", guest: view.value }) as unknown as Inside);
  reportDevices(inside, signal({ camera: "on", mic: "on" }), own);
  await Promise.resolve();
  view.value = guest({ devices: OWN });
  expect(report).toHaveBeenCalledOnce();
  own.value = { ...OWN, quality: "360p" };
  await Promise.resolve();
  view.value = guest({ devices: own.value, name: "Ada L." });
  expect(report.mock.calls.map(([, , body]) => body.devices?.quality)).toEqual(["720p", "360p"]);
  view.value = guest({ devices: null });
  expect(report).toHaveBeenCalledTimes(3);
});
