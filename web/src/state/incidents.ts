/** What is wrong and what was, as control tells it; and the way out where it is on air. */

import type { DeskEvent, IncidentView, SceneView } from "../client/types";
import type { Desk } from "./desk";
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

/** A guest who drops on air comes first: the audience sees it. */
export const isLostOnAir = ({ code, severity }: IncidentView): boolean =>
  code === "guest_lost" && severity === "critical";

/** An output that fails: the audience there sees nothing. */
export const isOutputDown = ({ output }: IncidentView): boolean => output !== null;

const RANKS = [isLostOnAir, isOutputDown, ({ severity }: IncidentView): boolean => severity === "critical"];

/** The lower, the sooner it is told. */
function rank(incident: IncidentView): number {
  const place = RANKS.findIndex((is) => is(incident));
  return place < 0 ? RANKS.length : place;
}

/** What lasts: who is lost on air, then outputs that fail, then what else is critical, then the newest. */
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

/**
 * A scene without some sources, a seat's shared screen among them, and without whatever else is lost on air.
 *
 * @returns What is on preview, else the first; null where there is none.
 */
export function sceneWithout(sources: readonly string[], mixing: Mixing): SceneView | null {
  const { mixer, board, lost } = mixing;
  if (!mixer || !board) return null;
  const gone = new Set([...sources, ...lost].flatMap((id) => [id, `${id}-screen`]));
  const shows = (scene: SceneView): boolean => sourcesOf(scene, mixing).some((id) => gone.has(id));
  const others = board.scenes.filter((scene) => scene.id !== mixer.program && !shows(scene));
  return others.find(({ id }) => id === mixer.preview) ?? others[0] ?? null;
}

/** A scene without the guest who is lost on air; null where it is no such incident. */
export function wayOut(incident: IncidentView, desk: Desk, mixing: Mixing): SceneView | null {
  const seat = desk.guests.get(incident.guest ?? "")?.seat;
  return isLostOnAir(incident) && seat ? sceneWithout([seat], mixing) : null;
}
