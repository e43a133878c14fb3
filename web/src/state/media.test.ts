import { afterEach, describe, expect, it, vi } from "vitest";
import { Media } from "./media";
import { changeSettings, DEFAULTS } from "./settings";

describe("Media", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    changeSettings(DEFAULTS);
  });

  it("goes on after a device that failed in a way that nobody expects", async () => {
    const media = new Media();
    vi.stubGlobal("isSecureContext", true);
    vi.stubGlobal("navigator", {
      mediaDevices: { getUserMedia: async () => ({ getTracks: () => [Object.freeze({ enabled: true })] }) },
    });
    await media.start();
    await media.settled();
    expect(media.camera.value).toMatchObject({ opening: false, fault: "device_failed" });
  });

  it("plays by the system's default while the chosen speaker is gone, and keeps the wish", () => {
    const media = new Media();
    const there = (...ids: string[]): void => {
      const speakers = ids.map((deviceId) => ({ deviceId, label: deviceId }) as MediaDeviceInfo);
      media.lists.value = { ...media.lists.value, speakers };
    };
    const now = (): unknown => [media.speaker.value, media.speakerGone.value];
    there("room");
    expect(now()).toEqual([null, false]);
    changeSettings({ speaker: "phones" });
    expect(now()).toEqual([null, true]);
    there("room", "phones");
    expect(now()).toEqual(["phones", false]);
    // Before devices are allowed none is told: nothing is known of it.
    there();
    expect(now()).toEqual(["phones", false]);
  });
});
