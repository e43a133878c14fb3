/** The language of a page: it is loaded before anything is drawn, and no page carries two. */

import { lasting } from "./client/keeping";

/** By their own names, as who looks for one reads it. */
export const LANGUAGES = { en: "English", nb: "Norsk" } as const;

export type Language = keyof typeof LANGUAGES;

/** What a translation of these texts has: every text, and the same arguments where something is put in. */
export type Translated<Texts> = Texts extends string
  ? string
  : Texts extends (...given: infer Given) => infer Said
    ? (...given: Given) => Translated<Said>
    : { readonly [Key in keyof Texts]: Translated<Texts[Key]> };

const KEY = "stagedoor.language";
const QUERY = "lang";
/** Norwegians name their language in three ways; whoever wants nynorsk is nearer to bokmål than to English. */
const SPELLINGS: Readonly<Record<string, Language>> = { en: "en", nb: "nb", nn: "nb", no: "nb" };

const known = (tag: string): Language | undefined => SPELLINGS[tag.toLowerCase().split("-")[0] ?? ""];

let spoken: Language = "en";

export const language = (): Language => spoken;

/** The browser's own variant of the language, which knows how dates and numbers are written there. */
export const locale = (): string => navigator.languages.find((tag) => known(tag) === spoken) ?? spoken;

/** The first of these wishes that can be had. */
export function firstKnown(wishes: readonly (string | null)[]): Language {
  for (const wish of wishes) {
    const found = wish === null ? undefined : known(wish);
    if (found) return found;
  }
  return "en";
}

/** What the link says, what was chosen here before, what the browser prefers. */
function wanted(): Language {
  const asked = new URLSearchParams(location.search).get(QUERY);
  if (asked !== null && known(asked)) lasting.setItem(KEY, asked);
  return firstKnown([asked, lasting.getItem(KEY), ...navigator.languages]);
}

/** Speak a language from now on, and after the reload that brings it. */
export function changeLanguage(to: Language): void {
  const here = new URL(location.href);
  if (lasting.setItem(KEY, to)) here.searchParams.delete(QUERY);
  else here.searchParams.set(QUERY, to);
  history.replaceState(history.state, "", here);
  location.reload();
}

/** Put one catalogue's texts in the place of another's. */
export function put(texts: object, others: object): void {
  for (const [key, text] of Object.entries(others)) {
    const here: unknown = Reflect.get(texts, key);
    if (typeof here === "object" && here !== null) put(here, text);
    else Reflect.set(texts, key, text);
  }
}

/** Where all that a page says comes from. */
export type Languages<Texts> = Record<Language, () => Promise<Translated<Texts>>>;

/** Have a page speak the language that is wanted; English where that does not come. */
export async function speak<Texts extends object>(texts: Texts, languages: Languages<Texts>): Promise<void> {
  spoken = wanted();
  const said = languages[spoken]().catch((error: unknown) => {
    if (spoken === "en") throw error;
    spoken = "en";
    return languages.en();
  });
  put(texts, await said);
  document.documentElement.lang = spoken;
}
