/** Which of control's refusals end a page's tries, and which ask for joining anew. */

import type { ApiError } from "../client/api";
import { type Pair, texts } from "../texts";
import { sentences } from "./format";
import type { Refusal } from "./page";

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

/** What a person who wants in is told of a failure. */
export function refusalOf(error: ApiError): Refusal {
  if (!error.foreign) {
    const { code, message, fields } = error;
    return fields.length > 0 ? { code, message, fields } : { code, message };
  }
  return { code: error.status >= 500 ? "unavailable" : "intercepted", message: error.message };
}

/** What a refusal is called, and what to do about it. */
export function wordsOf({ code, message }: Refusal): Pair {
  const known = Object.entries(texts.problems).find(([each]) => each === code)?.[1];
  return known === undefined || typeof known === "function"
    ? texts.problems.other(sentences(message))
    : known;
}

/** Whether the page must not try again by itself; only control can say so. */
export function isFinal(error: ApiError): boolean {
  if (error.foreign) return false;
  if (HUMAN.has(error.code)) return true;
  if (error.status === 0 || error.retryable || isOfCarrier(error)) return false;
  return error.status >= 400 && error.status < 500 && ![404, 408, 425, 429].includes(error.status);
}
