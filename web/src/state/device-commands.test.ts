import { afterEach, describe, expect, it, vi } from "vitest";
import { refusal } from "./command-refusals";
import { cameraOff, device, deviceMeant, micOff, micOn, quality } from "./device-commands";
import { Media } from "./media";
import { changeSettings, settings } from "./settings";

const named = (deviceId: string, label: string): MediaDeviceInfo => ({ deviceId, label }) as MediaDeviceInfo;
const CAMERAS = [named("a", "Front"), named("b", "Desk"), named("c", "Roof")];

/** A media that has a camera of a size and a microphone, and opens what is chosen. */
function media(width = 1280, height = 720): Media {
  const made = new Media();
  const track = (settings: MediaTrackSettings): MediaStreamTrack =>
    ({ enabled: true, getSettings: () => settings, applyConstraints: async () => undefined }) as never;
  made.camera.value = { track: track({ deviceId: "a", width, height }), opening: false, fault: null };
  made.microphone.value = { track: track({ deviceId: "m" }), opening: false, fault: null };
  made.lists.value = { cameras: CAMERAS, microphones: [named("m", "Headset")], speakers: [] };
  return made;
}

describe("deviceMeant", () => {
  it.each([
    ["desk", "a", "b"],
    ["", "a", "b"],
    ["", "c", "a"],
    ["", null, "a"],
    ["Cellar", "a", undefined],
  ])("by %j from %j is %j", (label, current, meant) => {
    expect(deviceMeant(CAMERAS, label, current)?.deviceId).toBe(meant);
  });

  it("is each of those that share a name, by its number", () => {
    const twins = [named("a", "Webcam"), named("b", "Webcam")];
    expect(deviceMeant(twins, "Webcam", null)?.deviceId).toBe("a");
    expect(deviceMeant(twins, "webcam (2)", null)?.deviceId).toBe("b");
  });

  it("is none where there is no other", () => {
    expect(deviceMeant(CAMERAS.slice(0, 1), "", "a")).toBeUndefined();
  });
});

/** A browser that opens cameras by their id, or fails by the name of an error. */
function browserThat(fails: (id: string) => string | null): string[] {
  const asked: string[] = [];
  const open = async ({ video }: MediaStreamConstraints): Promise<unknown> => {
    const { deviceId } = video as { deviceId?: { exact: string } };
    const id = deviceId?.exact ?? "any";
    asked.push(id);
    const failure = fails(id);
    if (failure) throw new DOMException("no", failure);
    return {
      getTracks: () => [{ enabled: true, stop: () => undefined, getSettings: () => ({ deviceId: id }) }],
    };
  };
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: open } });
  return asked;
}

describe("a camera that does not open when it is asked for", () => {
  const ROOF = { kind: "device", device: "camera", label: "Roof" } as const;
  const inUse = ({ camera }: Media): unknown => {
    const { track, fault, opening } = camera.value;
    return { id: track?.getSettings().deviceId, fault, opening };
  };

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    ["fails", "NotFoundError", "SecurityError", ["c", "any"]],
    ["is not there, and another one opens instead", "NotFoundError", null, ["c", "any", "a"]],
    ["is refused", "NotAllowedError", null, ["c"]],
    ["is busy, so that the one before was let go", "NotReadableError", null, ["c", "c", "a"]],
  ])("leaves the one before where it %s", async (_, roof, any, asked) => {
    const made = media();
    for (const { track } of [made.camera.value, made.microphone.value])
      Object.assign(track ?? {}, { stop: () => undefined });
    const opened = browserThat((id) => (id === "c" ? roof : id === "any" ? any : null));
    expect(await device(made, ROOF)).toEqual(refusal("notOpened"));
    expect(inUse(made)).toEqual({ id: "a", fault: null, opening: false });
    expect(opened).toEqual(asked);
    expect(settings.value.camera).toBe("a");
  });

  it("opens none where the guest has switched it off meanwhile", async () => {
    const made = media();
    Object.assign(made.camera.value.track ?? {}, { stop: () => undefined });
    browserThat((id) => {
      made.cameraOn.value = false;
      return id === "c" ? "NotReadableError" : null;
    });
    expect(await device(made, ROOF)).toEqual(refusal("notOpened"));
    expect(inUse(made)).toMatchObject({ id: undefined });
  });
});

describe("what is asked of devices", () => {
  it("is muted when the track is off, and on when it is on", async () => {
    const made = media();
    expect(micOff(made)).toBeNull();
    expect(made.microphone.value.track?.enabled).toBe(false);
    expect(await micOn(made)).toBeNull();
    expect(made.microphone.value.track?.enabled).toBe(true);
  });

  it("is refused where a track goes on all the same", async () => {
    const made = media();
    vi.spyOn(made, "setMuted").mockImplementation(() => undefined);
    vi.spyOn(made, "setCameraOn").mockResolvedValue();
    expect(micOff(made)).toEqual(refusal("stillOn"));
    expect(await cameraOff(made)).toEqual(refusal("cameraStillOn"));
  });

  it("keeps the quality that the camera gives", async () => {
    changeSettings({ preset: "720p" });
    expect(await quality(media(), "360p", false)).toBeNull();
    expect(settings.value.preset).toBe("360p");
    expect(await quality(media(), "1080p", false)).toEqual(refusal("tooSmall", "1280×720"));
    expect(settings.value.preset).toBe("360p");
  });

  it("asks no more of a weak line", async () => {
    changeSettings({ preset: "360p" });
    expect(await quality(media(), "720p", true)).toEqual(refusal("weakLine"));
    expect(settings.value.preset).toBe("360p");
  });

  it("takes no device that is not there, or did not open", async () => {
    const made = media();
    const choose = vi.spyOn(made, "choose").mockResolvedValue();
    const asked = { kind: "device", device: "camera" } as const;
    expect(await device(made, { ...asked, label: "Cellar" })).toEqual(refusal("noSuch", "Cellar"));
    expect(await device(made, { kind: "device", device: "microphone", label: "" })).toEqual(
      refusal("noOtherMicrophone"),
    );
    expect(choose).not.toHaveBeenCalled();
    expect(await device(made, { ...asked, label: "Roof" })).toEqual(refusal("notOpened"));
    expect(settings.value.camera).toBe("a");
    made.cameraOn.value = false;
    expect(await device(made, { ...asked, label: "Roof" })).toEqual(refusal("cameraIsOff"));
  });
});
