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
]);

/** The guest has to join again before he may publish: his seat was freed, or he had left. */
export function wantsNewJoin(error: ApiError): boolean {
  return [401, 403, 404, 409, 410].includes(error.status) && !HUMAN.has(error.code);
}

/** Whether the page must not try again by itself. */
export function isFinal(error: ApiError): boolean {
  if (HUMAN.has(error.code)) return true;
  if (error.status === 0 || error.retryable) return false;
  return error.status >= 400 && error.status < 500 && ![404, 408, 425, 429].includes(error.status);
}
