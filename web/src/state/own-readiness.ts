/** How ready this guest is, as their page tells the operators: what the check found, and what has come since. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Readiness } from "../client/types";
import type { LimitedBy, Uplink } from "../client/uplink";
import { type Findings, faultsIn, isComplete, NOTHING_YET } from "./checks";
import type { Media } from "./media";
import { Silent } from "./silent";

export type Hears = NonNullable<Readiness["hears"]>;
type Fault = Readiness["faults"][number];

/** A return that is just being opened, or opened anew, is not yet one that makes no sound. */
const NOTHING_AFTER_MS = 3000;
/** Seconds in a row: browsers change their mind while they find out what a line carries. */
const STEADY_S = 5;

/** What this page sees by itself, at any time. */
export interface Seen {
  muted: boolean;
  microphoneFault: boolean;
  silent: boolean;
  /** The level has moved as it does when somebody speaks. */
  spoke: boolean;
  cameraOn: boolean;
  cameraFault: boolean;
  low: boolean;
}

/** What the check found and nothing since can show to be over. */
const STAYS: readonly Fault[] = [
  "black",
  "dark",
  "speaker_fault",
  "speaker_silent",
  "echo",
  "lossy",
  "slow",
  "far",
];

/** Everything that is wrong, the gravest first: what is seen now, then what was found at the check. */
export function faultsOf(seen: Seen, findings: Findings): Fault[] {
  const found = faultsIn(findings);
  const isSilent = seen.silent || (found.includes("silent") && !seen.spoke);
  const now: [boolean, Fault][] = [
    [seen.microphoneFault, "microphone_fault"],
    [seen.muted, "muted"],
    [isSilent && !seen.muted && !seen.microphoneFault, "silent"],
    [seen.cameraOn && seen.cameraFault, "camera_fault"],
    [!seen.cameraOn, "camera_off"],
    [seen.low, "low_band"],
  ];
  return [
    ...now.filter(([isSo]) => isSo).map(([, fault]) => fault),
    ...found.filter((fault) => STAYS.includes(fault)),
  ];
}

/** Whether the studio is heard: its sound comes, the browser plays it, and it is not turned down to nothing. */
export function hearsOf(comes: boolean, isBlocked: boolean, volume: number): Hears {
  if (volume === 0 || !comes) return "nothing";
  return isBlocked ? "blocked" : "yes";
}

export class OwnReadiness {
  /** What the check found; nothing where there was none. */
  readonly findings = signal<Findings>(NOTHING_YET);
  readonly silent: Silent;
  readonly #hears = signal<Hears | null>(null);
  readonly #limitedBy = signal<LimitedBy | null>(null);
  readonly value: ReadonlySignal<Readiness>;
  #late: ReturnType<typeof setTimeout> | undefined;
  #streak: { said: LimitedBy | null; seconds: number } = { said: null, seconds: 0 };

  /** @param system The browser and what it runs on. */
  constructor(
    private readonly media: Media,
    private readonly line: {
      readonly low: ReadonlySignal<boolean>;
      readonly uplink: ReadonlySignal<Uplink | null>;
    },
    system: string,
  ) {
    this.silent = new Silent(computed(() => (media.muted.value ? null : media.microphone.value.track)));
    this.value = computed(() => ({
      faults: faultsOf(this.#seen(), this.findings.value),
      checked: isComplete(this.findings.value),
      hears: this.#hears.value,
      limited_by: this.#limitedBy.value,
      system,
    }));
    effect(() => this.#limited(this.line.uplink.value));
  }

  /** Take whether the studio is heard now; null where nothing comes back from it. */
  hear(now: Hears | null): void {
    clearTimeout(this.#late);
    if (now === "nothing") this.#late = setTimeout(() => this.#hear(now), NOTHING_AFTER_MS);
    else this.#hear(now);
  }

  #hear(now: Hears | null): void {
    this.#hears.value = now;
  }

  #seen(): Seen {
    const { camera, microphone, cameraOn, muted } = this.media;
    return {
      muted: muted.value,
      microphoneFault: microphone.value.fault !== null,
      silent: this.silent.value.value,
      spoke: this.silent.spoke.value,
      cameraOn: cameraOn.value,
      cameraFault: camera.value.fault !== null,
      low: this.line.low.value,
    };
  }

  #limited(second: Uplink | null): void {
    const said = second?.limitedBy ?? null;
    const seconds = said === this.#streak.said ? this.#streak.seconds + 1 : 1;
    this.#streak = { said, seconds };
    if (second === null || seconds >= STEADY_S) this.#limitedBy.value = said;
  }
}
