/** What is wrong and what was, as control tells it; and the way out where it is on air. */

import type { DeskEvent, IncidentView, SceneView } from "../client/types";
import type { Mixing } from "./mixing";

const HOUR_MS = 3_600_000;
/** Of those that have ended, as control keeps them; the oldest go. */
const MOST_OVER = 200;

/** The incidents after an event. */
export function heardIncidents(
  incidents: readonly IncidentView[],
  event: DeskEvent,
): readonly IncidentView[] {
  if (event.type === "snapshot") return event.data.incidents;
  if (event.type !== "incident") return incidents;
  const all = [event.data, ...incidents.filter(({ id }) => id !== event.data.id)];
  const over = all.filter(({ ended }) => ended !== null);
  return over.length > MOST_OVER ? all.filter((each) => each !== over.at(-1)) : all;
}

const isCritical = ({ severity }: IncidentView): boolean => severity === "critical";
const isLost = ({ code }: IncidentView): boolean => code === "guest_lost" || code === "source_lost";

/** A guest who drops on air, or another source, comes first: the audience sees it. */
export const isLostOnAir = (incident: IncidentView): boolean => isLost(incident) && isCritical(incident);

/** Of program, or where a guest is published to: nothing comes there any more. */
export const isOutputDown = ({ kind }: IncidentView): boolean => kind === "destination";

const RANKS = [
  isLostOnAir,
  (each: IncidentView): boolean => isOutputDown(each) && isCritical(each),
  isCritical,
];

/** The lower, the sooner it is told. */
function rank(incident: IncidentView): number {
  const place = RANKS.findIndex((is) => is(incident));
  return place < 0 ? RANKS.length : place;
}

/** What lasts: who is lost on air, then outputs that the audience misses, then what else is critical, then the newest. */
export const openOf = (incidents: readonly IncidentView[]): IncidentView[] =>
  incidents
    .filter(({ ended }) => ended === null)
    .sort((a, b) => rank(a) - rank(b) || b.since.localeCompare(a.since));

/** What has ended within the last hour, the newest end first. */
export const endedOf = (incidents: readonly IncidentView[], now: number): IncidentView[] =>
  incidents
    .filter(({ ended }) => ended !== null && now - Date.parse(ended) < HOUR_MS)
    .sort((a, b) => (b.ended ?? "").localeCompare(a.ended ?? ""));

/** What the audience sees of a scene, on whichever canvas. */
function sourcesOf({ background, slots, second }: SceneView, mixing: Mixing): string[] {
  const own = (mixing.second && second) ?? [];
  return [background, ...[...slots, ...own].map(({ source }) => source)];
}

/** Who and what is lost on air now. */
export const lostOnAir = (incidents: readonly IncidentView[]): IncidentView[] =>
  openOf(incidents).filter(isLostOnAir);

/** Whether a scene shows what one of these incidents is about, or the screen that is shared at the same seat. */
function shows(scene: SceneView, lost: readonly IncidentView[], mixing: Mixing): boolean {
  const gone = new Set(lost.flatMap(({ source }) => [source, `${source}-screen`]));
  return sourcesOf(scene, mixing).some((id) => gone.has(id));
}

/**
 * Where to cut to while something is lost on air: a scene without anything that is lost, else without what is lost
 * on air.
 *
 * @returns What is on preview, else the first; null where there is none, or nothing is lost on air.
 */
export function wayOut(incidents: readonly IncidentView[], mixing: Mixing): SceneView | null {
  const { mixer, board } = mixing;
  const onAir = lostOnAir(incidents);
  if (!mixer || !board || onAir.length === 0) return null;
  const isNext = ({ id }: SceneView): boolean => id === mixer.preview;
  const others = board.scenes.filter(({ id }) => id !== mixer.program);
  const without = (lost: readonly IncidentView[]): SceneView | undefined =>
    [...others.filter(isNext), ...others].find((scene) => !shows(scene, lost, mixing));
  return without(openOf(incidents).filter(isLost)) ?? without(onAir) ?? null;
}
