/** When a line is too weak for the picture that was chosen, and when it is well again: pure, one step a second. */

import type { Uplink } from "../client/uplink";

export interface LowBand {
  low: boolean;
  /** Seconds in a row that speak for the other state. */
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

export const WELL: LowBand = { low: false, streak: 0, patience: PATIENCE_S, since: Number.POSITIVE_INFINITY };

/** What is sent instead of the chosen quality. */
export const LOW_PICTURE = { height: 360, bitrate: 450_000 } as const;

const isWeak = ({ loss, available, limited }: Uplink, wanted: number): boolean =>
  loss >= LOSSY || (limited && available !== null && available < TOO_LITTLE * wanted);

const isWell = ({ loss, available }: Uplink, wanted: number): boolean =>
  loss <= CLEAN && (available === null || available >= PLENTY * wanted);

function whileWell(state: LowBand, weak: boolean): LowBand {
  const streak = weak ? state.streak + 1 : 0;
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
  if (!state.low) return whileWell(state, isWeak(second, wanted));
  const streak = isWell(second, wanted) ? state.streak + 1 : 0;
  if (streak < state.patience) return { ...state, streak };
  return { low: false, streak: 0, patience: state.patience, since: 0 };
}
