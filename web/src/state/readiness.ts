/** How ready a guest is, as the operator is told: by what the relay gets, and by what the guest's page says. */

import type { GuestView, Readiness } from "../client/types";
import { missingOf, sessionOf } from "./arrival";

export type Fault = Readiness["faults"][number];

const MISSING = { sound: "no_sound", picture: "no_picture" } as const;

/** Who is connected with a page that tells how it does. */
const isTold = (guest: GuestView): guest is GuestView & { readiness: Readiness } =>
  guest.readiness !== null && !guest.away && (sessionOf(guest, "camera")?.state ?? "waiting") !== "waiting";

/** The gravest thing that is wrong, or `ready`; null where nobody tells. What does not arrive goes first. */
export function readinessOf(guest: GuestView): Fault | "ready" | null {
  if (!isTold(guest)) return null;
  const missing = missingOf(guest);
  return missing ? MISSING[missing] : (guest.readiness.faults[0] ?? "ready");
}

/** The guest's return makes no sound at the guest. */
export const cannotHear = (guest: GuestView): boolean =>
  isTold(guest) && ["blocked", "nothing"].includes(guest.readiness.hears ?? "yes");
