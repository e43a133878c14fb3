/** Which devices a guest's page has, as it tells the operators. */

import type { OwnDevices } from "../client/types";
import { numbered } from "./device-names";
import type { Media } from "./media";
import { settings } from "./settings";

/** As control takes them: more and longer names are left out. */
const MOST = 16;
const LONGEST = 80;
const UNPRINTABLE = /\p{Cc}/u;

type Named = Pick<MediaDeviceInfo, "deviceId" | "label">;

function ofKind(devices: readonly Named[], inUse: string | null | undefined): OwnDevices["camera"] {
  const names = numbered(devices.map(({ label }) => label));
  const known = devices
    .map(({ deviceId }, at) => ({ deviceId, label: names[at] ?? "" }))
    .filter(({ label }) => label !== "" && label.length <= LONGEST && !UNPRINTABLE.test(label))
    .slice(0, MOST);
  return {
    names: known.map(({ label }) => label),
    now: known.find(({ deviceId }) => deviceId === inUse)?.label ?? "",
  };
}

/** Names and what is in use of them now; whoever reads it in an effect hears of every change. */
export function ownDevices({ lists, camera, microphone }: Media): OwnDevices {
  const { cameras, microphones, speakers } = lists.value;
  const { speaker, preset } = settings.value;
  const idOf = (track: MediaStreamTrack | null): string | undefined => track?.getSettings().deviceId;
  return {
    camera: ofKind(cameras, idOf(camera.value.track)),
    microphone: ofKind(microphones, idOf(microphone.value.track)),
    speaker: ofKind(speakers, speaker),
    quality: preset,
  };
}
