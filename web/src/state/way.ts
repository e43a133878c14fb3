/** By which carrier a guest comes, how far that has got, and why it fails, as the operator reads it. */

import type { CarrierKind, CarrierStatus, GuestView, SessionView } from "../client/types";
import { deskTexts } from "../texts.desk";
import { sentences } from "./format";
import { failureWords } from "./server-words";

export interface Way {
  carrier: CarrierKind;
  /** `By Cloudflare: waiting for sound and picture, tried 3 times` */
  text: string;
  /** Why it does not work, and what to do; empty while nothing is wrong. */
  reason: string;
}

/** What brings a session's media here, or would bring the next one's. */
export function wayOf(guest: GuestView, session: SessionView | undefined): Way {
  const say = deskTexts.way;
  const carrier = session?.carrier ?? guest.carrier;
  const waiting = session?.cloudflare ? waitingOf(session.cloudflare) : "";
  const text = [say.by[carrier], waiting].filter((part) => part !== "").join(": ");
  return { carrier, text, reason: reasonOf(guest, session) };
}

/** The other carrier, where there is one. */
export const otherCarrier = (carriers: readonly CarrierKind[], now: CarrierKind): CarrierKind | undefined =>
  carriers.find((carrier) => carrier !== now);

function waitingOf({ tracks }: CarrierStatus): string {
  const say = deskTexts.way;
  const missing = tracks.filter(({ state }) => state === "published" || state === "waiting");
  if (missing.length === 0) return "";
  const kinds = new Set(missing.map(({ kind }) => kind));
  const what = kinds.size > 1 ? say.tracks.both : say.tracks[kinds.has("audio") ? "audio" : "video"];
  const tries = Math.max(...missing.map(({ retries }) => retries));
  return say.waiting(what, tries > 0 ? say.tried(tries) : "");
}

function reasonOf({ trouble }: GuestView, session: SessionView | undefined): string {
  const status = session?.cloudflare;
  if (status?.code) return sentences(...failureWords({ ...status, message: status.reason }));
  return trouble ? sentences(...failureWords(trouble)) : "";
}
