/** Norwegian: a source's framing and a still's time. */

import type { Translated } from "../language";
import type { framingTexts as english } from "../texts.framing";

export const framingTexts: Translated<typeof english> = {
  open: "Bilde",
  openOf: (name) => `Bilde: ${name}`,
  title: (name) => `Bildet til ${name}`,
  everywhere: "Det som skjæres bort her, er borte i alle scener.",
  canvas: "Hele bildet",
  canvasHint: "Dra i sidene for å beskjære; dra ramma for å flytte utsnittet; rull over det for å forstørre.",
  part: (x, y, width, height) =>
    `Vises: ${x} % fra venstre, ${y} % fra toppen, ${width} % bred, ${height} % høy. Piler flytter, pluss og minus forstørrer`,
  result: "Slik blir det",
  zoom: "Forstørret (ganger)",
  across: "Mot høyre",
  down: "Nedover",
  offset: "Hvilket utsnitt",
  time: "Tid på lufta",
  leaves: "Det går av seg selv",
  leavesAfter: "Etter (s)",
  stays: "Telles fra det kommer på program; så vises det som står i stedet.",
  reset: "Tilbakestill",
  onAir: "Denne kilden er på lufta.",
  saveOnAir: "Endre den på lufta",
  overtaken: "Noen andre har endret den i mellomtiden. Lagrer du, kommer din i stedet for deres.",
  gone: "Noen andre har fjernet denne kilden.",
  slate: "Vises når det ikke kommer noe bilde",
  ownSlate: "Navnet på fargen sin",
  noStills: "Et stillbilde som du laster opp under Medier, kan stå her i stedet.",
  noPicture: "Ikke noe bilde ennå.",
};
