/** How a page begins: with its language, and then with all the rest, which is loaded meanwhile. */

import { type Languages, speak } from "./language";

/** In every language, as none of them may have come. */
const FAILED = [
  ["en", "This page did not load completely: look at your network, and reload it."],
  ["nb", "Siden kom ikke helt fram: sjekk nettet, og last den på nytt."],
] as const;

export async function open<Texts extends object>(
  texts: Texts,
  languages: Languages<Texts>,
  begin: () => Promise<unknown>,
): Promise<void> {
  try {
    await speak(texts, languages);
    await begin();
  } catch (error) {
    sayThatItFailed();
    throw error;
  }
}

function sayThatItFailed(): void {
  const said = FAILED.map(([lang, text]) =>
    Object.assign(document.createElement("p"), { lang, textContent: text, className: "not-loaded" }),
  );
  document.getElementById("app")?.replaceChildren(...said);
}
