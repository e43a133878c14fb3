/**
 * What the server says, by its codes. English is what the server says itself, so there is nothing of it here; another
 * language has a sentence for every code that a page can meet, and the server's own for one that is newer than the page.
 */

import type { Values } from "./client/api";

export type Phrase = string | ((given: Values) => string);

/** What is wrong, and what to do; `said` is the server's own sentence. */
export type CodeWords = readonly [what: Phrase, todo: Phrase];

export interface IncidentWords {
  /** `why` is what is wrong by the incident's code. */
  cause: Phrase;
  /** What the program does about it by itself. */
  done: Phrase;
  /** What the operator can do; null where that is what the code says. */
  todo: Phrase | null;
}

export interface ServerTexts {
  codes: Readonly<Record<string, CodeWords>>;
  /** What a field has to be, by its rule. */
  rules: Readonly<Record<string, Phrase>>;
  incidents: Readonly<Record<string, IncidentWords>>;
}

export const serverTexts: ServerTexts = { codes: {}, rules: {}, incidents: {} };
