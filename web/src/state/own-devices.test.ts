import { describe, expect, it } from "vitest";
import { Media } from "./media";
import { ownDevices } from "./own-devices";
import { changeSettings, DEFAULTS } from "./settings";

const named = (deviceId: string, label: string): MediaDeviceInfo => ({ deviceId, label }) as MediaDeviceInfo;

describe("ownDevices", () => {
  it("names what there is and what is in use, as far as the browser does and control takes it", () => {
    changeSettings({ ...DEFAULTS, speaker: "s2", preset: "540p" });
    const media = new Media();
    const track = { getSettings: () => ({ deviceId: "b" }) } as unknown as MediaStreamTrack;
    media.camera.value = { track, opening: false, fault: null };
    const odd = [named("", ""), named("d", "x".repeat(81)), named("e", "a\u0007b")];
    const many = Array.from({ length: 20 }, (_, at) => named(`m${at}`, `Mic ${at}`));
    media.lists.value = {
      cameras: [named("a", "Front"), named("b", " Roof "), ...odd, named("c", "Front")],
      microphones: many,
      speakers: [named("s1", "Room"), named("s2", "Phones")],
    };
    const { camera, microphone, speaker, quality } = ownDevices(media);
    expect(camera).toEqual({ names: ["Front", "Roof", "Front (2)"], now: "Roof" });
    expect([microphone.names.length, microphone.now]).toEqual([16, ""]);
    expect([speaker.now, quality]).toEqual(["Phones", "540p"]);
  });
});
