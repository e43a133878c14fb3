/** What a guest inside is told, from what the relay sees and what his own connection does. */

import { carrierCause, type LinkCause, type LinkState } from "../client/lasting";
import type { GuestView, SessionView } from "../client/types";
import { texts } from "../texts";
import { comes, isThere, sessionOf } from "./arrival";
import { isOnAir } from "./light";

export { sessionOf };

export type Tone = "good" | "wait" | "warn" | "bad";

export interface Status {
  tone: Tone;
  title: string;
  detail: string;
  /** The studio gets what is sent, and this page hears from it. */
  connected: boolean;
}

const of = (tone: Tone, [title, detail]: readonly [string, string], connected = false): Status => ({
  tone,
  title,
  detail,
  connected,
});

function connected(guest: GuestView, session: SessionView | undefined): Status {
  const say = texts.status;
  const failure = session?.state === "waiting" ? session.cloudflare?.code : "";
  if (failure) return of("warn", say[carrierCause(failure)]);
  if (!session || session.state === "waiting") return of("wait", say.arriving);
  if (guest.away || !(comes(session, "picture") || comes(session, "sound"))) return of("warn", say.stalled);
  const senses = say.senses[sensesOf(guest, session)];
  if (guest.state === "seated")
    return of("good", say.seated(guest.seat_label ?? guest.seat ?? "", senses, isOnAir(guest)), true);
  return of("wait", say.lobby(senses), true);
}

function sensesOf(guest: GuestView, session: SessionView): keyof typeof texts.status.senses {
  const isHeard = isThere(guest, session, "sound");
  if (isThere(guest, session, "picture")) return isHeard ? "both" : "picture";
  return isHeard ? "sound" : "neither";
}

function inTheWay(cause: LinkCause): Status {
  const say = texts.status;
  if (cause === "network_blocked") return of("bad", say.networkBlocked);
  return of("warn", say[cause]);
}

/** One title and one sentence, for the state that matters most. */
export function statusOf(guest: GuestView, link: LinkState, eventsUp: boolean): Status {
  const say = texts.status;
  switch (link.kind) {
    case "connecting":
      return link.after === null ? of("wait", say.connecting) : inTheWay(link.after);
    case "recovering":
      return of("warn", say.lost);
    case "waiting":
      return inTheWay(link.cause);
    case "connected":
      return eventsUp ? connected(guest, sessionOf(guest, "camera")) : of("warn", say.noNews);
    case "refused":
    case "stopped":
      return of("wait", say.connecting);
  }
}
