/** Which of control's refusals end a page's tries, and which ask for joining anew. */

import type { ApiError } from "../client/api";

/** Only a person can do something about these. */
const HUMAN = new Set([
  "opened_elsewhere",
  "seat_taken",
  "invite_expired",
  "invite_unknown",
  "removed",
  "blocked",
  "no_common_codec",
  "bad_offer",
  "consent_needed",
]);

/** The way by the carrier fails: the operator may switch it at any moment, and then this page should be there. */
const isOfCarrier = ({ code }: ApiError): boolean => code.startsWith("carrier_");

/** The guest has to join again before this page may publish: the server knows nothing of the visit. */
export function wantsNewJoin(error: ApiError): boolean {
  return error.code === "not_joined" || error.code === "guest_unknown" || error.code === "forbidden";
}

/** Whether the page must not try again by itself. */
export function isFinal(error: ApiError): boolean {
  if (HUMAN.has(error.code)) return true;
  if (error.status === 0 || error.retryable || isOfCarrier(error)) return false;
  return error.status >= 400 && error.status < 500 && ![404, 408, 425, 429].includes(error.status);
}
