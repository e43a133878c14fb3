import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import { DeviceError } from "../client/devices";
import { ScreenShare } from "./screen";

const { openScreen, open } = vi.hoisted(() => ({ openScreen: vi.fn(), open: vi.fn() }));

vi.mock("../client/devices", async (original) => ({
  ...(await original<typeof import("../client/devices")>()),
  openScreen,
}));
vi.mock("../client/whip", () => ({ WhipSession: { open } }));

class Track {
  contentHint = "";
  onended: (() => void) | null = null;
  stop = vi.fn();
}

const TARGET = {
  endpoint: "/api/calls/whip/guest1-screen",
  token: "t",
  instance: "i",
  maxBitrate: 1_000_000,
};

describe("ScreenShare", () => {
  let picture: Track;
  let sound: Track;
  let session: { id: string; close: ReturnType<typeof vi.fn>; peer: unknown; hungUp: boolean };
  let share: ScreenShare;

  const given = (): MediaStream =>
    ({
      getVideoTracks: () => [picture],
      getAudioTracks: () => [sound],
      getTracks: () => [picture, sound],
    }) as never;

  beforeEach(() => {
    picture = new Track();
    sound = new Track();
    session = {
      id: "s1",
      close: vi.fn(async () => undefined),
      peer: { connectionState: "connected", getStats: async () => new Map() },
      hungUp: false,
    };
    openScreen.mockReset().mockImplementation(async () => given());
    open.mockReset().mockImplementation(async () => session);
    share = new ScreenShare(
      () => TARGET,
      () => "open",
      () => undefined,
    );
  });

  afterEach(async () => {
    await share.stop();
  });

  it("sends picture and sound, at no more than the house takes, and lets go of both", async () => {
    await share.start();
    await vi.waitFor(() => expect(share.link.value).toEqual({ kind: "connected", session: "s1" }));
    const [target, outgoing] = open.mock.calls[0] ?? [];
    expect(target).toBe(TARGET);
    expect(outgoing()).toEqual({ video: picture, audio: sound, maxBitrate: 1_000_000 });
    share.setHint("motion");
    expect(picture.contentHint).toBe("motion");
    await share.stop();
    expect([picture.stop, sound.stop].map((each) => each.mock.calls.length)).toEqual([1, 1]);
    expect(share.state.value).toEqual({ kind: "off", fault: null });
    expect(session.close).toHaveBeenCalledWith(false);
  });

  it("ends when the person stops it in the browser's own bar", async () => {
    await share.start();
    picture.onended?.();
    expect(share.state.value.kind).toBe("off");
  });

  it("is off again, and no fault, where the person changes their mind", async () => {
    openScreen.mockResolvedValue(null);
    const started = share.start();
    expect(share.state.value.kind).toBe("choosing");
    await started;
    expect(share.state.value).toEqual({ kind: "off", fault: null });
    expect(open).not.toHaveBeenCalled();
  });

  it("says why nothing could be shared", async () => {
    openScreen.mockRejectedValue(new DeviceError("device_busy", "screen"));
    await share.start();
    expect(share.state.value).toEqual({ kind: "off", fault: "device_busy" });
  });

  it("lets go of the screen where the house refuses it, and says so", async () => {
    open.mockRejectedValue(new ApiError(403, "forbidden", "no screens here"));
    await share.start();
    await vi.waitFor(() => expect(share.state.value).toEqual({ kind: "off", fault: "screen_refused" }));
    expect(picture.stop).toHaveBeenCalledOnce();
  });

  it("throws away a choice that is made after the visit has ended", async () => {
    let choose = (_: MediaStream): void => undefined;
    openScreen.mockReturnValue(
      new Promise((resolve) => {
        choose = resolve;
      }),
    );
    const started = share.start();
    await share.stop(true);
    choose(given());
    await started;
    expect([picture.stop, sound.stop].map((each) => each.mock.calls.length)).toEqual([1, 1]);
    expect(share.state.value).toEqual({ kind: "off", fault: null });
    expect(open).not.toHaveBeenCalled();
  });

  it("says nothing of one that fails then, and goes on asking for the next visit", async () => {
    let fail = (_: DeviceError): void => undefined;
    const failing = new Promise((_, reject) => {
      fail = reject;
    });
    openScreen.mockReturnValueOnce(failing).mockReturnValueOnce(new Promise(() => undefined));
    const started = share.start();
    await share.stop(true);
    void share.start();
    fail(new DeviceError("device_busy", "screen"));
    await started;
    expect(share.state.value).toEqual({ kind: "choosing" });
  });

  it("asks for one screen at a time", async () => {
    await Promise.all([share.start(), share.start()]);
    expect(openScreen).toHaveBeenCalledOnce();
  });
});
