import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Media } from "./media";
import { Preflight } from "./preflight";

const sound = vi.hoisted(() => ({ awake: false }));

vi.mock("../client/sound", () => ({
  Meter: class {
    get awake(): boolean {
      return sound.awake;
    }

    level = (): number => 0;
    close = (): void => undefined;
  },
}));
vi.mock("../client/light", () => ({ brightnessOf: async () => 100 }));
vi.mock("../client/echo", () => ({ playAndListen: async () => false }));

describe("the check of the microphone", () => {
  let checking: Preflight;

  beforeEach(() => {
    vi.useFakeTimers();
    const media = new Media();
    media.microphone.value = { track: { enabled: true } as MediaStreamTrack, opening: false, fault: null };
    const line = { uplink: signal(null), wanted: 2_500_000 };
    checking = new Preflight(media, line, signal(false), () => undefined);
    checking.start();
  });

  afterEach(() => {
    checking.stop();
    vi.useRealTimers();
  });

  it("finds it silent only of what was measured: browsers keep sound asleep until the page is touched", async () => {
    sound.awake = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(checking.findings.value.microphone).toEqual({ state: "running" });
    sound.awake = true;
    await vi.advanceTimersByTimeAsync(4000);
    expect(checking.findings.value.microphone).toEqual({ state: "running" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(checking.findings.value.microphone).toEqual({ state: "bad", fault: "silent" });
  });
});
