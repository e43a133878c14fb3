/** Norwegian: keys. */

import type { Translated } from "../language";
import type { keyTexts as english } from "../texts.key";

export const keyTexts: Translated<typeof english> = {
  key: "Nøkling …",
  keyOf: (name) => `Nøkling av ${name}`,
  isKeyed: "Noe av bildet er gjennomsiktig",
  title: (name) => `Nøkling av ${name}`,
  everywhere: "Den gjelder i alle scener og i multiview, som viser den med en gang den settes.",
  onAir: "Den er på lufta.",
  kind: "Hva som er gjennomsiktig",
  kinds: { none: "Ingenting", chroma: "En farge", luma: "Det mørke eller det lyse" },
  color: "Farge",
  tolerance: "Slingringsmonn",
  softness: "Mykhet",
  spill: "Mindre av fargens lys på det som blir",
  low: "Gjennomsiktig opp til",
  high: "Tett fra",
  invert: "Omvendt",
  invertHint: "Det lyse er gjennomsiktig, og det mørke blir.",
  set: "Sett",
  isSet: "Den er satt.",
  overtaken: "Noen andre har endret nøklingen i mellomtiden. Setter du din, kommer den i stedet for deres.",
  close: "Lukk",
};
