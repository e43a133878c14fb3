/** What the producer asks of a guest's devices: done, or why not, judged by the devices themselves. */

import { canChooseSpeaker } from "../client/devices";
import { speakerWorks } from "../client/player";
import type { GuestCommand } from "../client/types";
import { type Refusal, refusal } from "./command-refusals";
import { numbered } from "./device-names";
import type { Media } from "./media";
import { type PresetId, presetOf } from "./presets";
import { changeSettings, settings } from "./settings";

/** Why a command is refused; null where it is done. */
export type Refused = Refusal | null;

type OfKind<K extends GuestCommand["kind"]> = Extract<GuestCommand, { kind: K }>;
type DeviceName = OfKind<"device">["device"];

const NO_OTHER = {
  camera: "noOtherCamera",
  microphone: "noOtherMicrophone",
  speaker: "noOtherSpeaker",
} as const satisfies Record<DeviceName, string>;
/** A camera of 4:3 rounds its lines. */
const ALMOST = 0.9;

/** Mic off at the guest. */
export function micOff(media: Media): Refused {
  media.setMuted(true);
  const { track } = media.microphone.peek();
  return track?.enabled ? refusal("stillOn") : null;
}

/** Mic on, as the person has said; opened anew if it was not open. */
export async function micOn(media: Media): Promise<Refused> {
  media.setMuted(false);
  if (!media.microphone.peek().track) await media.retry("microphone");
  return media.microphone.peek().track?.enabled ? null : refusal("noMicrophone");
}

/** Camera off at the guest: the device is let go. */
export async function cameraOff(media: Media): Promise<Refused> {
  await media.setCameraOn(false);
  return media.camera.peek().track ? refusal("cameraStillOn") : null;
}

/** Another size of the picture; what the camera or the line does not give is not kept. */
export async function quality(media: Media, wanted: PresetId, isLow: boolean): Promise<Refused> {
  const before = settings.peek().preset;
  const isMore = presetOf(wanted).bitrate > presetOf(before).bitrate;
  if (isLow && isMore) return refusal("weakLine");
  await media.setPreset(wanted);
  const { width = 0, height = 0 } = media.camera.peek().track?.getSettings() ?? {};
  const isTooSmall = height > 0 && Math.min(width, height) < ALMOST * presetOf(wanted).height;
  if (!isTooSmall) return null;
  await media.setPreset(before);
  return refusal("tooSmall", `${width}×${height}`);
}

/** The device that is meant: the one of that name, or without a name the next one. */
export function deviceMeant<D extends Pick<MediaDeviceInfo, "deviceId" | "label">>(
  devices: readonly D[],
  label: string,
  current: string | null,
): D | undefined {
  if (label) {
    const names = numbered(devices.map((each) => each.label));
    return devices[names.findIndex((name) => name.toLowerCase() === label.trim().toLowerCase())];
  }
  const at = devices.findIndex(({ deviceId }) => deviceId === current);
  const next = devices[(at + 1) % devices.length];
  return next?.deviceId === current ? undefined : next;
}

/** Another device, and its name; or why not. */
export async function device(media: Media, { device, label }: OfKind<"device">): Promise<Refused> {
  if (device === "speaker" && !canChooseSpeaker()) return refusal("noChoice");
  if (device === "camera" && !media.cameraOn.peek()) return refusal("cameraIsOff");
  const meant = deviceMeant(listOf(media, device), label ?? "", inUse(media, device));
  if (!meant) return label ? refusal("noSuch", label) : refusal(NO_OTHER[device]);
  if (device !== "speaker") return opened(media, device, meant.deviceId);
  if (!(await speakerWorks(meant.deviceId))) return refusal("notOpened");
  changeSettings({ speaker: meant.deviceId });
  return null;
}

/** What a device that is in use is called. */
export const nameInUse = (media: Media, device: DeviceName): string =>
  listOf(media, device).find(({ deviceId }) => deviceId === inUse(media, device))?.label ?? "";

function listOf(media: Media, device: DeviceName): readonly MediaDeviceInfo[] {
  const { cameras, microphones, speakers } = media.lists.peek();
  return { camera: cameras, microphone: microphones, speaker: speakers }[device];
}

function inUse(media: Media, device: DeviceName): string | null {
  const chosen = settings.peek()[device];
  if (device === "speaker") return chosen;
  return media[device].peek().track?.getSettings().deviceId ?? chosen;
}

async function opened(media: Media, device: "camera" | "microphone", id: string): Promise<Refused> {
  const before = inUse(media, device);
  await media.choose(device, id);
  const { track, fault } = media[device].peek();
  if (track && !fault && track.getSettings().deviceId === id) return null;
  await media.goBack(device, before);
  return refusal("notOpened");
}
