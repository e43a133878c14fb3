/** Cameras, microphones, speakers and screens, and the few ways in which they fail. */

export type DeviceFault =
  | "insecure"
  | "permission_denied"
  | "device_missing"
  | "device_busy"
  | "device_failed";

export class DeviceError extends Error {
  constructor(
    readonly fault: DeviceFault,
    readonly device: "camera" | "microphone" | "screen",
  ) {
    super(`${device}: ${fault}`);
    this.name = "DeviceError";
  }
}

const FAULTS: Record<string, DeviceFault> = {
  NotAllowedError: "permission_denied",
  SecurityError: "permission_denied",
  NotFoundError: "device_missing",
  OverconstrainedError: "device_missing",
  NotReadableError: "device_busy",
  AbortError: "device_busy",
};

/** Which fault a rejected device request stands for, by the name of the browser's error. */
export function faultOf(error: unknown): DeviceFault {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  return FAULTS[name] ?? "device_failed";
}

export interface PictureSize {
  width: number;
  height: number;
}

export interface Processing {
  echoCancellation: boolean;
  noiseSuppression: boolean;
  autoGainControl: boolean;
}

/** Without HTTPS (or this very machine) browsers hide the devices altogether. */
export const devicesAllowed = (): boolean =>
  window.isSecureContext && typeof navigator.mediaDevices?.getUserMedia === "function";

export const canShareScreen = (): boolean => typeof navigator.mediaDevices?.getDisplayMedia === "function";

export const canChooseSpeaker = (): boolean => "setSinkId" in HTMLMediaElement.prototype;

export const cameraConstraints = ({ width, height }: PictureSize): MediaTrackConstraints => ({
  width: { ideal: width },
  height: { ideal: height },
  frameRate: { ideal: 30 },
});

async function open(
  device: "camera" | "microphone",
  constraints: MediaStreamConstraints,
): Promise<MediaStreamTrack> {
  if (!devicesAllowed()) throw new DeviceError("insecure", device);
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia(constraints);
  } catch (error) {
    throw new DeviceError(faultOf(error), device);
  }
  const [track] = stream.getTracks();
  if (!track) throw new DeviceError("device_missing", device);
  return track;
}

/** @throws DeviceError */
export async function openCamera(id: string | null, size: PictureSize): Promise<MediaStreamTrack> {
  const video: MediaTrackConstraints = {
    ...cameraConstraints(size),
    ...(id ? { deviceId: { exact: id } } : {}),
  };
  return open("camera", { video });
}

/** @throws DeviceError */
export async function openMicrophone(id: string | null, processing: Processing): Promise<MediaStreamTrack> {
  const audio: MediaTrackConstraints = { ...processing, ...(id ? { deviceId: { exact: id } } : {}) };
  return open("microphone", { audio });
}

/**
 * Ask for a screen, window or tab, with its sound where the browser gives it; null when the person changed
 * their mind.
 *
 * @throws DeviceError
 */
export async function openScreen(): Promise<MediaStream | null> {
  try {
    return await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: true });
  } catch (error) {
    const fault = faultOf(error);
    if (fault === "permission_denied" || fault === "device_busy") return null;
    throw new DeviceError(fault, "screen");
  }
}

export interface DeviceLists {
  cameras: MediaDeviceInfo[];
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

/** All devices that the browser shows us; names are empty until it was allowed once. */
export async function listDevices(): Promise<DeviceLists> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  const named = (kind: MediaDeviceKind): MediaDeviceInfo[] =>
    all.filter((device) => device.kind === kind && device.deviceId !== "");
  return {
    cameras: named("videoinput"),
    microphones: named("audioinput"),
    speakers: canChooseSpeaker() ? named("audiooutput") : [],
  };
}
