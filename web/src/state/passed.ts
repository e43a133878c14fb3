/** That devices and line were found well here: good for a day's work with the same devices, and no longer. */

import type { Media } from "./media";
import { changeSettings, settings } from "./settings";

const GOOD_FOR_MS = 12 * 3_600_000;

type Used = Pick<Media, "camera" | "microphone" | "speaker">;

/** Camera, microphone and speaker that are in use; null until both of the first are open. */
function inUse({ camera, microphone, speaker }: Used): string | null {
  const tracks = [camera.value.track, microphone.value.track];
  if (tracks.includes(null)) return null;
  const ids = tracks.map((track) => track?.getSettings().deviceId ?? "");
  return [...ids, speaker.value ?? ""].join(" ");
}

export function keepPassed(media: Used): void {
  changeSettings({ passedAt: Date.now(), passedWith: inUse(media) });
}

/** Whether nothing needs to be checked now; devices that are not open yet are taken for those of before. */
export function hasPassed(media: Used): boolean {
  const { passedAt, passedWith } = settings.value;
  const age = Date.now() - passedAt;
  const used = inUse(media);
  return age >= 0 && age < GOOD_FOR_MS && (used === null || used === passedWith);
}
