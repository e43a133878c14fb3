/** How good one figure of a guest's line is: the operator's eye is to go to what wants it. */

export type LineTone = "good" | "warn" | "bad";

/** Up to where a figure is good, and from where it is bad. */
interface Bounds {
  readonly good: number;
  readonly bad: number;
}

/** As a fraction: a share that Opus's own copies and a second sending hide, and one at which the guest's page lowers its picture (8 %). */
export const LOSS: Bounds = { good: 0.02, bad: 0.08 };
/** ITU-T G.114 wants 150 ms from mouth to ear and 400 ms at most; what is coded, held back and played takes the rest. */
export const ROUND_TRIP_MS: Bounds = { good: 150, bad: 400 };
/** Pictures a second of a camera: cinema's 24 less what is lost, and what looks like stills. */
export const FRAME_RATE: Bounds = { good: 20, bad: 10 };
/** ITU-R BT.1359: where it is noticed and where it is not accepted; late sound disturbs less than early sound. */
export const SOUND_EARLY_MS: Bounds = { good: 45, bad: 90 };
export const SOUND_LATE_MS: Bounds = { good: 125, bad: 185 };

/** Loss as a fraction, times in milliseconds (the offset is sound minus picture), pictures a second. */
export interface LineFigure {
  kind: "loss" | "round_trip" | "frame_rate" | "av_offset";
  value: number;
}

const rising = (value: number, { good, bad }: Bounds): LineTone =>
  value <= good ? "good" : value < bad ? "warn" : "bad";

/** The tone of one figure. */
export function toneOf({ kind, value }: LineFigure): LineTone {
  switch (kind) {
    case "loss":
      return rising(value, LOSS);
    case "round_trip":
      return rising(value, ROUND_TRIP_MS);
    case "frame_rate":
      return rising(-value, { good: -FRAME_RATE.good, bad: -FRAME_RATE.bad });
    case "av_offset":
      return value < 0 ? rising(-value, SOUND_EARLY_MS) : rising(value, SOUND_LATE_MS);
  }
}
