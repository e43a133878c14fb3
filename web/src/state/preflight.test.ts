import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Uplink } from "../client/uplink";
import type { Arriving } from "./arrival";
import { Media } from "./media";
import { LINE_SECONDS, Preflight } from "./preflight";

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

const SENT: Uplink = {
  bitrate: 2_000_000,
  available: null,
  loss: 0,
  roundTrip: 20,
  limited: false,
  limitedBy: null,
};

describe("the checks", () => {
  const uplink = signal<Uplink | null>(null);
  let checking: Preflight;
  const arrives = signal<Arriving>("nothing");

  beforeEach(() => {
    vi.useFakeTimers();
    const media = new Media();
    media.microphone.value = { track: { enabled: true } as MediaStreamTrack, opening: false, fault: null };
    const line = { uplink, wanted: 2_500_000 };
    checking = new Preflight(media, line, arrives, () => undefined);
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

  it("leaves it to the guest whether the notes were heard, and waits for no answer for ever", async () => {
    const speaker = () => checking.findings.value.speaker;
    await vi.advanceTimersByTimeAsync(1000);
    expect(speaker()).toEqual({ state: "asked" });
    checking.answer(false);
    expect(speaker()).toEqual({ state: "bad", fault: "speaker_silent" });
    checking.answer(true);
    expect(speaker()).toEqual({ state: "bad", fault: "speaker_silent" });
    checking.start();
    await vi.advanceTimersByTimeAsync(1000);
    checking.answer(true);
    expect(speaker()).toEqual({ state: "good" });
    checking.start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(speaker()).toEqual({ state: "skipped" });
  });

  it("calls the echo good only of notes that the guest has heard", async () => {
    const echo = () => checking.findings.value.echo;
    await vi.advanceTimersByTimeAsync(1000);
    expect(echo()).toEqual({ state: "running" });
    checking.answer(false);
    expect(echo()).toEqual({ state: "skipped" });
    checking.start();
    await vi.advanceTimersByTimeAsync(1000);
    checking.answer(true);
    expect(echo()).toEqual({ state: "good" });
    checking.start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(echo()).toEqual({ state: "skipped" });
  });

  it("passes no line that brings the picture alone, and says which part does not arrive", async () => {
    arrives.value = "picture";
    for (let second = 0; second < LINE_SECONDS; second++) uplink.value = { ...SENT };
    expect(checking.findings.value.line).toEqual({ state: "running" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(checking.findings.value.line).toEqual({ state: "bad", fault: "no_sound" });
    arrives.value = "both";
    expect(checking.findings.value.line).toEqual({ state: "good" });
  });
});
