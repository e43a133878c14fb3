import { describe, expect, it } from "vitest";
import { texts } from "../texts";
import { adviceTexts } from "../texts.checks";
import { adviceOf, type OwnSide } from "./advice";

const WELL: OwnSide = {
  onAir: false,
  muted: false,
  cameraOn: true,
  cameraFault: null,
  microphoneFault: null,
  silent: false,
  missing: null,
  speakerGone: false,
  low: false,
};
const actionOf = (change: Partial<OwnSide>): unknown => adviceOf({ ...WELL, ...change })?.action;

describe("adviceOf", () => {
  it("has nothing to say while all is well", () => {
    expect(adviceOf(WELL)).toBeNull();
  });

  it("names the one thing to do", () => {
    expect(actionOf({ microphoneFault: "device_lost" })).toBe("retry_microphone");
    expect(actionOf({ muted: true })).toBe("unmute");
    expect(actionOf({ silent: true })).toBe("settings");
    expect(actionOf({ cameraFault: "device_busy" })).toBe("retry_camera");
    expect(actionOf({ cameraOn: false, cameraFault: "device_busy" })).toBe("camera_on");
    expect(adviceOf({ ...WELL, low: true })).toMatchObject({ action: null, sentence: adviceTexts.low });
  });

  it("says that the studio sounds from another speaker, before what the page has seen to itself", () => {
    const gone = { sentence: texts.speakerGone, action: "settings" };
    expect(adviceOf({ ...WELL, speakerGone: true, low: true, cameraOn: false })).toMatchObject(gone);
    expect(actionOf({ speakerGone: true, muted: true })).toBe("unmute");
  });

  it("says which part does not come to the studio, though the device works here", () => {
    const sound = { sentence: adviceTexts.noSoundArrives, action: "retry_microphone" };
    expect(adviceOf({ ...WELL, missing: "sound" })).toMatchObject(sound);
    const picture = { sentence: adviceTexts.noPictureArrives, action: "retry_camera" };
    expect(adviceOf({ ...WELL, missing: "picture", low: true })).toMatchObject(picture);
    expect(adviceOf({ ...WELL, missing: "sound", muted: true })?.sentence).toBe(adviceTexts.muted);
  });

  it("puts being heard before being seen, and is clearer on air", () => {
    expect(actionOf({ muted: true, cameraOn: false, low: true })).toBe("unmute");
    expect(adviceOf({ ...WELL, muted: true, onAir: true })?.sentence).toBe(adviceTexts.mutedOnAir);
  });
});
