/** Where a guest's page stands: a pure table of phases. */

import type { ApiError } from "../client/api";
import type { EndReason, GuestView, Joined, JoinInfo } from "../client/types";
import { texts } from "../texts";
import { lightOf } from "./light";

export type Phase =
  | { kind: "loading"; trouble: "unreachable" | "intercepted" | null }
  | { kind: "refused"; code: string }
  | { kind: "ready"; info: JoinInfo; problem: Refusal | null }
  | { kind: "joining"; info: JoinInfo }
  | { kind: "occupied"; info: JoinInfo }
  | Inside
  | { kind: "ended"; info: JoinInfo; reason: EndReason };

export interface Inside {
  kind: "inside";
  info: JoinInfo;
  token: string;
  endpoint: string;
  guest: GuestView;
}

/** A server's no: its code, and its own words for codes that we have no sentence for. */
export interface Refusal {
  code: string;
  message: string;
  /** The fields of a form that are to blame. */
  fields?: ApiError["fields"];
}

export type Action =
  | { type: "loaded"; info: JoinInfo }
  | { type: "load_failed"; code: string; retryable: boolean }
  | { type: "join" }
  | { type: "refused"; refusal: Refusal }
  | { type: "joined"; joined: Joined }
  | { type: "guest"; guest: GuestView }
  | { type: "ended"; reason: EndReason }
  | { type: "back" };

export const START: Phase = { kind: "loading", trouble: null };

const ENDINGS: Record<string, EndReason> = {
  removed: "removed",
  blocked: "removed",
  invite_expired: "expired",
  gone: "expired",
};
const UNKNOWN_INVITE = new Set(["invite_unknown", "unauthenticated"]);

const ENDED_STATES: Partial<Record<GuestView["state"], EndReason>> = {
  left: "left",
  removed: "removed",
  expired: "expired",
};

function refused(info: JoinInfo, refusal: Refusal): Phase {
  const ending = ENDINGS[refusal.code];
  if (ending) return { kind: "ended", info, reason: ending };
  if (refusal.code === "opened_elsewhere") return { kind: "occupied", info };
  if (UNKNOWN_INVITE.has(refusal.code)) return { kind: "refused", code: refusal.code };
  return { kind: "ready", info, problem: refusal };
}

function whileInside(phase: Inside, action: Action): Phase {
  if (action.type === "guest") {
    const ending = ENDED_STATES[action.guest.state];
    if (ending) return { kind: "ended", info: phase.info, reason: ending };
    return { ...phase, guest: action.guest };
  }
  if (action.type === "joined") return { ...phase, ...placeOf(action.joined) };
  if (action.type === "ended") return { kind: "ended", info: phase.info, reason: action.reason };
  // Somebody took the link while this page was away: it stays out until a person says otherwise.
  if (action.type === "refused" && action.refusal.code === "opened_elsewhere")
    return { kind: "ended", info: phase.info, reason: "opened_elsewhere" };
  if (action.type === "refused") return refused(phase.info, action.refusal);
  return phase;
}

const placeOf = ({ token, endpoint, guest }: Joined): Joined => ({ token, endpoint, guest });

/** The phase after an action; actions that come too late change nothing. */
export function step(phase: Phase, action: Action): Phase {
  switch (phase.kind) {
    case "loading":
      if (action.type === "loaded") return { kind: "ready", info: action.info, problem: null };
      if (action.type === "load_failed")
        return action.retryable
          ? { kind: "loading", trouble: action.code === "intercepted" ? "intercepted" : "unreachable" }
          : { kind: "refused", code: action.code };
      return phase;
    case "ready":
    case "occupied":
    case "ended":
      if (action.type === "join") return { kind: "joining", info: phase.info };
      if (action.type === "back") return { kind: "ready", info: phase.info, problem: null };
      return phase;
    case "joining":
      if (action.type === "joined") return { kind: "inside", info: phase.info, ...placeOf(action.joined) };
      if (action.type === "refused") return refused(phase.info, action.refusal);
      return phase;
    case "inside":
      return whileInside(phase, action);
    case "refused":
      return phase;
  }
}

/** The page's title: whoever looks at another tab still sees that they are on air. */
export function titleOf(phase: Phase, eventsUp: boolean): string {
  const light = phase.kind === "inside" && eventsUp ? lightOf(phase.guest) : "off";
  if (light === "off" || light === "unknown") return texts.brand;
  return `${texts.guest.tally[light][0]} · ${texts.brand}`;
}
