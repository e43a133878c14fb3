import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeviceError, listDevices, openMicrophone } from "../client/devices";
import { lasting } from "../client/keeping";
import { put } from "../language";
import { serverTexts as norwegian } from "../nb/texts.server";
import { texts } from "../texts";
import { serverTexts } from "../texts.server";
import { Commands } from "./commands";
import { TalkMicrophone } from "./talk-microphone";
import { Talkback } from "./talkback";

const sound = vi.hoisted(() => ({ level: 0 }));

vi.mock("../client/sound", () => ({
  Meter: class {
    awake = true;
    level = (): number => sound.level;
    close = (): void => undefined;
  },
}));
vi.mock(import("../client/devices"), async (original) => ({
  ...(await original()),
  openMicrophone: vi.fn(),
  listDevices: vi.fn(),
}));
vi.mock(import("../client/talkback"), async (original) => ({
  ...(await original()),
  publishVoice: () => new Promise(() => undefined),
}));

const KEY = "stagedoor.talkback-microphone";
const trackOf = () => ({ enabled: true, stop: vi.fn() }) as unknown as MediaStreamTrack;

beforeEach(() => {
  vi.useFakeTimers();
  lasting.removeItem(KEY);
  vi.mocked(openMicrophone)
    .mockReset()
    .mockImplementation(async () => trackOf());
  vi.mocked(listDevices).mockResolvedValue({ cameras: [], microphones: [], speakers: [] });
});
afterEach(() => {
  lasting.removeItem(KEY);
  Object.assign(serverTexts, { codes: {}, rules: {}, incidents: {} });
  vi.useRealTimers();
});

const asked = (): unknown[] => vi.mocked(openMicrophone).mock.calls.map(([id]) => id);

describe("the operator's microphone", () => {
  it("is called silent a second after it is opened to guests with nothing in it, and only then", async () => {
    const isHeld = signal(false);
    const microphone = new TalkMicrophone(isHeld);
    await microphone.open();
    sound.level = 0;
    vi.advanceTimersByTime(5000);
    expect([microphone.isSilent.value, microphone.speaking.value]).toEqual([false, null]);
    isHeld.value = true;
    vi.advanceTimersByTime(900);
    expect(microphone.isSilent.value).toBe(false);
    vi.advanceTimersByTime(600);
    expect(microphone.isSilent.value).toBe(true);
    sound.level = 0.4;
    vi.advanceTimersByTime(300);
    expect(microphone.isSilent.value).toBe(false);
  });

  it("is the one that was chosen, in the next visit too, and the browser's where that is gone", async () => {
    const microphone = new TalkMicrophone(signal(false));
    expect([microphone.choose("headset"), microphone.choose("headset")]).toEqual([true, false]);
    const later = new TalkMicrophone(signal(false));
    vi.mocked(openMicrophone).mockRejectedValueOnce(new DeviceError("device_missing", "microphone"));
    await later.open();
    expect(asked()).toEqual(["headset", null]);
    later.choose(null);
    expect(new TalkMicrophone(signal(false)).chosen.value).toBeNull();
  });

  it.each(["device_busy", "device_missing"] as const)(
    "says in its own words what is wrong with it, whatever the server calls %s",
    async (fault) => {
      put(serverTexts, norwegian);
      vi.mocked(openMicrophone).mockRejectedValue(new DeviceError(fault, "microphone"));
      const commands = new Commands();
      new Talkback(commands).press("g1");
      await vi.advanceTimersByTimeAsync(0);
      expect(commands.errors.value.map(({ message }) => message)).toEqual([texts.devices.microphone[fault]]);
    },
  );

  it("is changed at once where it is open already", async () => {
    const first = trackOf();
    vi.mocked(openMicrophone).mockResolvedValueOnce(first);
    const talkback = new Talkback(new Commands());
    talkback.choose("headset");
    expect(asked()).toEqual([]);
    talkback.press("g1");
    await vi.advanceTimersByTimeAsync(0);
    talkback.release("g1");
    expect(first.enabled).toBe(false);
    talkback.choose("desk");
    await vi.advanceTimersByTimeAsync(0);
    expect([asked(), vi.mocked(first.stop).mock.calls.length]).toEqual([["headset", "desk"], 1]);
  });

  it("is the one that was chosen last, also where the one before was still being opened", async () => {
    const slow = trackOf();
    let allow: (track: MediaStreamTrack) => void = () => undefined;
    vi.mocked(openMicrophone).mockReturnValueOnce(new Promise((resolve) => (allow = resolve)));
    const talkback = new Talkback(new Commands());
    talkback.press("g1");
    talkback.choose("headset");
    talkback.choose("desk");
    allow(slow);
    await vi.advanceTimersByTimeAsync(0);
    expect([asked(), vi.mocked(slow.stop).mock.calls.length]).toEqual([[null, "desk"], 1]);
    expect([talkback.held.value, talkback.microphone.speaking.value === null]).toEqual(["g1", false]);
  });
});
