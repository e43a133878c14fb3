import { afterEach, expect, it, vi } from "vitest";
import { changeSettings, DEFAULTS } from "./settings";
import { isVolumeOurs, studioVolume, tryVolume } from "./studio-volume";

const can = vi.hoisted(() => ({ set: true }));

vi.mock("../client/player", () => ({ canSetVolume: async () => can.set }));

afterEach(() => {
  changeSettings(DEFAULTS);
});

it("is as it was set on this page, as long as the browser lets the page set it", async () => {
  changeSettings({ studioVolume: 0.25 });
  await tryVolume();
  expect([isVolumeOurs.value, studioVolume.value]).toEqual([true, 0.25]);
  can.set = false;
  await tryVolume();
  expect([isVolumeOurs.value, studioVolume.value]).toEqual([false, 1]);
});
