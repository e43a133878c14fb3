import { afterEach, describe, expect, it, vi } from "vitest";
import { Media } from "./media";

describe("Media", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
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
});
