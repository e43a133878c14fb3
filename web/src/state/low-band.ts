/** When a line is too weak for the picture that was chosen, and when it is well again: pure, one step a second. */

import type { Uplink } from "../client/uplink";

export interface LowBand {
  low: boolean;
  /** Seconds in a row that speak for the other state; bad ones may count twice. */
  streak: number;
  /** Good seconds that it takes to come back; more each time that this was too early. */
  patience: number;
  /** Seconds since it came back. */
  since: number;
}

export const PATIENCE_S = 20;
const LONGEST_PATIENCE_S = 160;
const WEAK_S = 4;
/** Weak again so soon: it had come back too early. */
const RELAPSE_S = 60;

const LOSSY = 0.08;
const CLEAN = 0.03;
/** Of what the chosen quality takes. */
const TOO_LITTLE = 0.45;
const PLENTY = 0.7;
/** Of what is sent. A relay's estimate ends at a little more than it has seen come; below, it says no more than that. */
const MORE_THAN_SENT = 1.6;
/** For so long after coming back: an estimate that was held down by sending little climbs by less than a tenth a second. */
const CLIMB_S = 12;

export const WELL: LowBand = { low: false, streak: 0, patience: PATIENCE_S, since: Number.POSITIVE_INFINITY };

/** What is sent instead of the chosen quality. */
export const LOW_PICTURE = { height: 360, bitrate: 450_000 } as const;
/** Bits a second that do not carry half of that: the picture stands before the sound, so each second counts twice. */
const HOPELESS = LOW_PICTURE.bitrate / 2;

/** How much a second speaks for a smaller picture: 0 is not at all. */
function weakness({ loss, available, limited }: Uplink, wanted: number, isClimbing: boolean): number {
  if (limited && !isClimbing && available !== null) {
    if (available < HOPELESS) return 2;
    if (available < TOO_LITTLE * wanted) return 1;
  }
  return loss >= LOSSY ? 1 : 0;
}

/** Judged while little is sent; whether the line carries more can only be tried. */
function isWell({ bitrate, loss, available }: Uplink, wanted: number): boolean {
  if (loss > CLEAN || available === null) return loss <= CLEAN;
  // A key frame's second says nothing about the line.
  const sent = Math.min(bitrate, LOW_PICTURE.bitrate);
  return available >= Math.min(PLENTY * wanted, MORE_THAN_SENT * sent);
}

function whileWell(state: LowBand, weak: number): LowBand {
  const streak = weak ? state.streak + weak : 0;
  const since = state.since + 1;
  if (streak < WEAK_S) return { ...state, streak, since };
  const isRelapse = since < RELAPSE_S;
  const patience = isRelapse ? Math.min(2 * state.patience, LONGEST_PATIENCE_S) : PATIENCE_S;
  return { low: true, streak: 0, patience, since: 0 };
}

/**
 * The state after one more second.
 *
 * @param wanted Bits a second of the chosen quality.
 */
export function after(state: LowBand, second: Uplink, wanted: number): LowBand {
  if (!state.low) return whileWell(state, weakness(second, wanted, state.since < CLIMB_S));
  const streak = isWell(second, wanted) ? state.streak + 1 : 0;
  if (streak < state.patience) return { ...state, streak };
  return { low: false, streak: 0, patience: state.patience, since: 0 };
}
