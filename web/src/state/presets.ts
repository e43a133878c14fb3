/** What the guest may choose to send. */

export type PresetId = "360p" | "540p" | "720p" | "1080p";

export interface Preset {
  id: PresetId;
  width: number;
  height: number;
  /** Bits a second. */
  bitrate: number;
}

export const PRESETS: readonly Preset[] = [
  { id: "360p", width: 640, height: 360, bitrate: 800_000 },
  { id: "540p", width: 960, height: 540, bitrate: 1_500_000 },
  { id: "720p", width: 1280, height: 720, bitrate: 2_500_000 },
  { id: "1080p", width: 1920, height: 1080, bitrate: 4_500_000 },
];

export const DEFAULT_PRESET: PresetId = "720p";

export const SCREEN_BITRATE = 3_000_000;

export function presetOf(id: string): Preset {
  const found = PRESETS.find((preset) => preset.id === id) ?? PRESETS.find(({ id }) => id === DEFAULT_PRESET);
  return found as Preset;
}
