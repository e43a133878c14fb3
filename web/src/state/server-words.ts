/** What the server says, in the page's language: by its codes where there is a catalogue of them, else as it says it. */

import type { ApiError, FieldRefusal, Values } from "../client/api";
import type { IncidentView } from "../client/types";
import { type Phrase, serverTexts } from "../texts.server";

/** Something that fails, as the server tells it in states and problem documents. */
export interface Failure {
  code: string;
  message: string;
  hint: string;
  values?: Values;
}

const phrase = (words: Phrase, given: Values): string => (typeof words === "function" ? words(given) : words);

/** What is wrong, and what to do. */
export function failureWords({ code, message, hint, values = {} }: Failure): readonly [string, string] {
  const known = serverTexts.codes[code];
  if (!known) return [message, hint];
  const given = { ...values, said: message };
  return [phrase(known[0], given), phrase(known[1], given)];
}

/** What a field has to be. */
export function ruleWords({ rule, message, values }: Omit<FieldRefusal, "at">): string {
  const known = serverTexts.rules[rule];
  return known === undefined ? message : phrase(known, { ...values, said: message });
}

/** What an answer of the server's refuses, by its fields where it names some; and what to do. */
export function refusalWords(error: ApiError): readonly [string, string] {
  const { fields, values, message } = error;
  const [what, todo] = failureWords(error);
  if (what === message) return [what, todo];
  const { at, rule } = values;
  const refused = rule === undefined ? fields : [{ at, message, rule: String(rule), values }];
  const lines = refused.map((each) => `${each.at}: ${ruleWords(each)}`);
  return [lines.length > 0 ? lines.join("; ") : what, todo];
}

export interface IncidentSaid {
  cause: string;
  done: string;
  todo: string;
}

/** What is wrong, what is done about it, and what the operator can do. */
export function incidentWords(incident: IncidentView): IncidentSaid {
  const { kind, code, values, cause, done, todo, severity } = incident;
  const known = serverTexts.incidents[kind];
  if (!known) return { cause, done, todo };
  const [why, mend] = failureWords({ code, message: String(values.reason ?? ""), hint: todo });
  const given = { ...values, why, severity };
  return {
    cause: phrase(known.cause, given),
    done: phrase(known.done, given),
    todo: known.todo === null ? mend : phrase(known.todo, given),
  };
}
