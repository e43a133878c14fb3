/** What control refuses of a body, by the field that a form shows. */

import type { ApiError } from "../client/api";
import { decimal } from "./format";
import { failureWords, ruleWords } from "./server-words";

type Refused = Pick<ApiError, "code" | "fields" | "message" | "values">;

export type FieldErrors = ReadonlyMap<string, string>;

export const NO_ERRORS: FieldErrors = new Map();

/** A sentence of control's that begins with a field: `scene.slots[0].rect.width: is …`. */
const SENTENCE = /^([a-z_]+(?:\.[a-z_]+|\[\d+\])*): (.+)$/;
/** What stands before the fields of the form, and what a form does not know of. */
const OUTER = /^(?:body|scene|overlay|sources\.\d+)\./;

const keyOf = (at: string): string =>
  at
    .replace(/\[(\d+)\]/g, ".$1")
    .replace(OUTER, "")
    .replace(".rect.", ".");

/** Each refused field with its reason; empty where the refusal names none. */
export function fieldErrors(error: Refused): FieldErrors {
  const found = new Map(error.fields.map((field) => [keyOf(field.at), ruleWords(field)]));
  const [, at, why] = SENTENCE.exec(error.message) ?? [];
  if (found.size === 0 && at && why) found.set(keyOf(at), reasonOf(error, why));
  return found;
}

function reasonOf({ code, values }: Refused, message: string): string {
  if (values.rule !== undefined) return ruleWords({ rule: String(values.rule), message, values });
  return failureWords({ code, message, hint: "", values })[0];
}

/** What is refused of a field, or of a part of it. */
export function errorAt(errors: FieldErrors, key: string): string | undefined {
  for (const [at, why] of errors) if (at === key || at.startsWith(`${key}.`)) return why;
  return undefined;
}

/** A reason that speaks of fractions, for a field of hundredths. */
export const ofHundredths = (why: string): string =>
  why.replace(/\d+(?:[.,]\d+)?/g, (number) => {
    const hundredths = Math.round(Number(number.replace(",", ".")) * 1000) / 10;
    return `${decimal(hundredths, Number.isInteger(hundredths) ? 0 : 1)} %`;
  });
