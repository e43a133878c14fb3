/** How loud the studio is heard: as the guest has set it here, where the browser lets a page do that. */

import { computed, signal } from "@preact/signals";
import { canSetVolume } from "../client/player";
import { settings } from "./settings";

/** Whether it is set by this page; false where the machine's own buttons alone do. */
export const isVolumeOurs = signal(true);

/** 0 to 1. */
export const studioVolume = computed(() => (isVolumeOurs.value ? settings.value.studioVolume : 1));

export async function tryVolume(): Promise<void> {
  isVolumeOurs.value = await canSetVolume();
}
