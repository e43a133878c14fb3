/** What a guest inside should do now: one sentence and one thing, the most pressing first. */

import type { DeviceFault } from "../client/devices";
import { texts } from "../texts";
import { adviceTexts } from "../texts.checks";

export type Action = "unmute" | "camera_on" | "settings" | "retry_camera" | "retry_microphone";

export interface Advice {
  sentence: string;
  /** What the button does; null where it is not the page that can help. */
  action: Action | null;
  label: string;
}

export interface OwnSide {
  onAir: boolean;
  muted: boolean;
  cameraOn: boolean;
  cameraFault: DeviceFault | "device_lost" | null;
  microphoneFault: DeviceFault | "device_lost" | null;
  /** The microphone gives nothing at all, not even noise. */
  silent: boolean;
  /** What is switched on here and does not come to the studio, though the rest does. */
  missing: "sound" | "picture" | null;
  /** The studio is heard by another speaker than the chosen one, which is gone. */
  speakerGone: boolean;
  /** The line carries a smaller picture only. */
  low: boolean;
}

/** Null while all is well on the guest's own side. */
export function adviceOf(side: OwnSide): Advice | null {
  const say = adviceTexts;
  if (side.microphoneFault)
    return {
      sentence: texts.devices.microphone[side.microphoneFault],
      action: "retry_microphone",
      label: say.tryAgain,
    };
  if (side.muted)
    return { sentence: side.onAir ? say.mutedOnAir : say.muted, action: "unmute", label: say.unmute };
  if (side.silent) return { sentence: say.silent, action: "settings", label: say.choose };
  if (side.missing === "sound")
    return { sentence: say.noSoundArrives, action: "retry_microphone", label: say.tryAgain };
  if (side.cameraOn && side.cameraFault)
    return { sentence: texts.devices.camera[side.cameraFault], action: "retry_camera", label: say.tryAgain };
  if (side.missing === "picture")
    return { sentence: say.noPictureArrives, action: "retry_camera", label: say.tryAgain };
  if (side.speakerGone) return { sentence: texts.speakerGone, action: "settings", label: say.choose };
  if (side.low) return { sentence: say.low, action: null, label: "" };
  if (!side.cameraOn) return { sentence: say.cameraOff, action: "camera_on", label: say.cameraOn };
  return null;
}
