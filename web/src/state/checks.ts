/** What is checked before a guest goes in, by which rule, and the one thing to mend first. */

import type { Uplink } from "../client/uplink";

export type Check = "camera" | "light" | "microphone" | "speaker" | "echo" | "line";

/** What is wrong; each has a sentence and something to do in the catalogue. */
export type Fault =
  | "camera_fault"
  | "camera_off"
  | "black"
  | "dark"
  | "microphone_fault"
  | "muted"
  | "silent"
  | "speaker_fault"
  | "speaker_silent"
  | "echo"
  | "no_line"
  | "no_sound"
  | "no_picture"
  | "lossy"
  | "slow"
  | "far";

/** `asked`: only the guest can say. */
export type Finding =
  | { state: "waiting" | "running" | "asked" | "good" | "skipped" }
  | { state: "bad"; fault: Fault };
export type Findings = Readonly<Record<Check, Finding>>;

export const CHECKS: readonly Check[] = ["camera", "light", "microphone", "speaker", "echo", "line"];
export const WAITING: Finding = { state: "waiting" };
export const RUNNING: Finding = { state: "running" };
export const ASKED: Finding = { state: "asked" };
export const GOOD: Finding = { state: "good" };
export const SKIPPED: Finding = { state: "skipped" };
export const bad = (fault: Fault): Finding => ({ state: "bad", fault });

export const NOTHING_YET: Findings = {
  camera: WAITING,
  light: WAITING,
  microphone: WAITING,
  speaker: WAITING,
  echo: WAITING,
  line: WAITING,
};

/** Who is not heard is no guest at all; a dim picture can be lived with. */
const GRAVEST_FIRST: readonly Check[] = ["line", "microphone", "camera", "echo", "light", "speaker"];

const BLACK = 6;
const DARK = 45;

export function lightOf(brightness: number): Finding {
  if (brightness < BLACK) return bad("black");
  return brightness < DARK ? bad("dark") : GOOD;
}

/** Between the quietest and the loudest of a while, and how loud it must get: places on the meter, 0 to 1. */
const MOVES_BY = 0.12;
const LOUD_ENOUGH = 0.3;

/** Whether a level has moved as one does when somebody speaks. */
export function moves(levels: readonly number[]): boolean {
  if (levels.length === 0) return false;
  const loudest = Math.max(...levels);
  return loudest >= LOUD_ENOUGH && loudest - Math.min(...levels) >= MOVES_BY;
}

const LOSSY = 0.05;
const FAR_MS = 600;
/** Of what the chosen quality takes. */
const ENOUGH = 0.6;

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** What some seconds of a line say; the first are still finding out. */
export function lineOf(seconds: readonly Uplink[], wanted: number): Finding {
  const settled = seconds.slice(1);
  const last = settled.at(-1);
  if (!last || meanOf(settled.map(({ bitrate }) => bitrate)) < 1000) return bad("no_line");
  if (meanOf(settled.map(({ loss }) => loss)) > LOSSY) return bad("lossy");
  if (last.limited && last.available !== null && last.available < ENOUGH * wanted) return bad("slow");
  return (last.roundTrip ?? 0) > FAR_MS ? bad("far") : GOOD;
}

/** Everything has been looked at. */
export const isComplete = (findings: Findings): boolean =>
  CHECKS.every((check) => !["waiting", "running", "asked"].includes(findings[check].state));

/** What is wrong, the gravest first. */
export const faultsIn = (findings: Findings): Fault[] =>
  GRAVEST_FIRST.map((check) => findings[check]).flatMap((finding) =>
    finding.state === "bad" ? [finding.fault] : [],
  );

/** The one thing to mend first; null while nothing is wrong. */
export const verdictOf = (findings: Findings): Fault | null => faultsIn(findings)[0] ?? null;
