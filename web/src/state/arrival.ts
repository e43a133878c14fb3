/** What of a guest's picture and sound is at the relay: by its tracks, whatever their page believes. */

import type { GuestView, SessionView, TrackView } from "../client/types";
import { trackOf } from "./format";

type Part = "picture" | "sound";
/** What of a session comes, by itself or with the rest. */
export type Arriving = "both" | Part | "nothing";

const TRACKS = { picture: "video", sound: "audio" } as const;
const OTHER = { picture: "sound", sound: "picture" } as const;
/** Frames of the other part, some three seconds of them: so far apart they do not set out. */
const LATE_AFTER = { picture: 150, sound: 75 } as const;

/** The session of one kind that is not over; the newest when there are several. */
export const sessionOf = (guest: GuestView, kind: SessionView["kind"]): SessionView | undefined =>
  guest.sessions.filter((session) => session.kind === kind && session.state !== "closed").at(-1);

const partOf = (session: SessionView, part: Part): TrackView | undefined => trackOf(session, TRACKS[part]);

/** Packets have come, and have not stopped: also those of a still, or of silence. */
export const comes = (session: SessionView, part: Part): boolean =>
  ["live", "off"].includes(partOf(session, part)?.state ?? "waiting");

/** What of a session comes to the relay. */
export function arrivingOf(session: SessionView | undefined): Arriving {
  if (!session) return "nothing";
  if (comes(session, "sound")) return comes(session, "picture") ? "both" : "sound";
  return comes(session, "picture") ? "picture" : "nothing";
}

/** The guest's own picture, or sound, is at the relay now. */
export function isThere({ camera, mic }: GuestView, session: SessionView, part: Part): boolean {
  const isOn = (part === "picture" ? camera : mic) === "on";
  return isOn && partOf(session, part)?.state === "live";
}

/** Which part is switched on and does not come, though the other does; a lost voice is the graver. */
export function missingOf(guest: GuestView): Part | null {
  const session = sessionOf(guest, "camera");
  if (!session || guest.away) return null;
  if (guest.mic === "on" && isMissing(session, "sound")) return "sound";
  return guest.camera === "on" && isMissing(session, "picture") ? "picture" : null;
}

function isMissing(session: SessionView, part: Part): boolean {
  if (comes(session, part) || !comes(session, OTHER[part])) return false;
  const before = partOf(session, part)?.frames ?? 0;
  return before > 0 || (partOf(session, OTHER[part])?.frames ?? 0) >= LATE_AFTER[part];
}
