/** Raised hands, and which of them nobody here has looked at. */

import type { GuestView } from "../client/types";
import type { Desk } from "./desk";

/** By guest: since when the hand was up that was looked at. */
export type Seen = ReadonlyMap<string, string>;

/** Whose hand is up, the longest first. */
export const raisedOf = (desk: Desk): GuestView[] =>
  [...desk.guests.values()]
    .filter(({ hand_raised, state }) => hand_raised !== null && (state === "seated" || state === "lobby"))
    .sort((a, b) => (a.hand_raised ?? "").localeCompare(b.hand_raised ?? ""));

/** Those that nobody has looked at; one that was lowered and is up again counts anew. */
export const unseenOf = (desk: Desk, seen: Seen): GuestView[] =>
  raisedOf(desk).filter(({ id, hand_raised }) => seen.get(id) !== hand_raised);

/** All that are up were looked at. */
export const lookedAt = (desk: Desk): Seen =>
  new Map(raisedOf(desk).map(({ id, hand_raised }) => [id, hand_raised ?? ""]));
