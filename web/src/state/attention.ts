/** What wants the operator's eyes: whoever knocks, is lost on air, or an output that fails; until it was looked at. */

import type { IncidentView } from "../client/types";
import type { Desk } from "./desk";
import { isLostOnAir, isOutputDown } from "./incidents";

export type AlertKind = "knock" | "lost" | "output";

export interface Alert {
  kind: AlertKind;
  /** The guest's, or the incident's. */
  id: string;
}

/** Something that alerts once; over: a guest who is in, an incident that has ended. */
export interface Matter extends Alert {
  over: boolean;
}

export interface Attention {
  /** What nobody here has looked at, the oldest first. */
  alerts: readonly Alert[];
  /** What the last step brought: to be heard once. */
  fresh: readonly Alert[];
  /** By id, what is there: it alerts nobody again. */
  known: ReadonlySet<string>;
}

/** The oldest go: nobody counts further. */
const MOST = 99;

/** All that may alert; a guest who has not come yet is left out, one who was here and is away is not. */
export function mattersOf(
  { guests }: Desk,
  incidents: readonly IncidentView[],
  known: ReadonlySet<string>,
): Matter[] {
  const people = [...guests.values()].filter(
    ({ id, state, away }) => state === "seated" || (state === "lobby" && (!away || known.has(id))),
  );
  return [
    ...people.map(({ id, state }): Matter => ({ kind: "knock", id, over: state === "seated" })),
    ...incidents
      .filter((each) => isLostOnAir(each) || isOutputDown(each))
      .map((each): Matter => {
        const { id, ended } = each;
        return { kind: isLostOnAir(each) ? "lost" : "output", id, over: ended !== null };
      }),
  ];
}

/**
 * After something has changed.
 *
 * What was over before the page knew anything alerts nobody, and what lasted by then is not heard. Who is lost for
 * a moment alerts until looked at, though it is over; a knock only as long as somebody waits.
 *
 * @param looking What the operator sees now.
 */
export function attend(
  before: Attention | null,
  matters: readonly Matter[],
  looking: ReadonlySet<AlertKind>,
): Attention {
  const waiting = new Set(matters.filter(({ over }) => !over).map(({ id }) => id));
  const isNew = ({ kind, id, over }: Matter): boolean =>
    before?.known.has(id) !== true && !(over && (before === null || kind === "knock"));
  const fresh = matters.filter(isNew).map(({ kind, id }) => ({ kind, id }));
  const alerts = [...(before?.alerts ?? []), ...fresh].filter(
    ({ kind, id }) => !looking.has(kind) && (kind !== "knock" || waiting.has(id)),
  );
  return {
    alerts: alerts.slice(-MOST),
    fresh: before ? fresh : [],
    known: new Set(matters.map(({ id }) => id)),
  };
}

/** All of a kind were looked at. */
export const lookedAtAll = (attention: Attention, kind: AlertKind): Attention => ({
  ...attention,
  alerts: attention.alerts.filter((each) => each.kind !== kind),
});

export const countOf = (attention: Attention | null, kind: AlertKind): number =>
  (attention?.alerts ?? []).filter((each) => each.kind === kind).length;
