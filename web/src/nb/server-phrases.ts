/** Norwegian: what many of the server's sentences share. */

import type { Values } from "../client/api";
import type { Phrase } from "../texts.server";

/** With the server's own sentence, where one code stands for many. */
export const quoting =
  (what: string): Phrase =>
  ({ said }: Values) =>
    said ? `${what} («${said}»)` : what;

export const BY_ITSELF = "Det prøves igjen av seg selv.";
export const OURS = "Det er en feil i Stagedoor: se i loggen, og si fra.";
