import type { JSX } from "preact";
import { changeLanguage, LANGUAGES, type Language, language } from "../language";
import { texts } from "../texts";
import "../styles/language-menu.css";

const CHOICES = Object.entries(LANGUAGES) as [Language, string][];

/** The page's language; another one loads the page anew. */
export function LanguageMenu(): JSX.Element {
  return (
    <select
      class="language-menu"
      aria-label={texts.language}
      value={language()}
      onChange={(event) => changeLanguage(event.currentTarget.value as Language)}
    >
      {CHOICES.map(([code, name]) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
