/** The guest's own choices, kept in this browser. */

import { signal } from "@preact/signals";
import type { Processing } from "../client/devices";
import { lasting } from "../client/keeping";
import { DEFAULT_PRESET, type PresetId } from "./presets";

export interface Settings extends Processing {
  name: string;
  camera: string | null;
  microphone: string | null;
  speaker: string | null;
  preset: PresetId;
  screenHint: "detail" | "motion";
  /** When devices and line were found well here last, milliseconds of the browser's clock; 0: never. */
  passedAt: number;
  /** Which devices these were. */
  passedWith: string | null;
  /** Whether the studio's picture is shown; its sound is heard all the same. */
  studioPicture: boolean;
  /** Of the studio's sound, 0 to 1. */
  studioVolume: number;
}

export const DEFAULTS: Settings = {
  name: "",
  camera: null,
  microphone: null,
  speaker: null,
  preset: DEFAULT_PRESET,
  screenHint: "detail",
  passedAt: 0,
  passedWith: null,
  studioPicture: true,
  studioVolume: 1,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

const KEY = "stagedoor.settings";

/** Settings from stored text; anything that does not fit falls back to its default. */
export function parseSettings(text: string | null): Settings {
  let stored: unknown = null;
  try {
    stored = JSON.parse(text ?? "null");
  } catch {
    stored = null;
  }
  if (typeof stored !== "object" || stored === null) return { ...DEFAULTS };
  const known = Object.entries(stored).filter(([key, value]) => {
    if (!(key in DEFAULTS)) return false;
    const standard = DEFAULTS[key as keyof Settings];
    return standard === null ? value === null || typeof value === "string" : typeof value === typeof standard;
  });
  return { ...DEFAULTS, ...Object.fromEntries(known) };
}

export const settings = signal<Settings>(parseSettings(lasting.getItem(KEY)));

export function changeSettings(change: Partial<Settings>): void {
  settings.value = { ...settings.value, ...change };
  lasting.setItem(KEY, JSON.stringify(settings.value));
}
