/** Norwegian: the checks before a guest goes in, and what is told while inside. */

import type { Translated } from "../language";
import type { checkTexts as english, adviceTexts as englishAdvice } from "../texts.checks";

export const checkTexts: Translated<typeof english> = {
  before: "Sjekk kamera, lyd og linje først",
  beforeHint: "Det tar omtrent seks sekunder. Produsenten ser deg etterpå.",
  title: "En rask sjekk",
  lead: "Si noe, for eksempel navnet ditt. Du skal høre tre toner.",
  unseen: "Ingen ser eller hører deg ennå.",
  list: "Sjekker",
  names: {
    camera: "Kamera",
    light: "Lys",
    microphone: "Mikrofon",
    speaker: "Høyttaler",
    echo: "Ekko",
    line: "Linja til studio",
  },
  states: {
    waiting: "Venter",
    running: "Sjekker …",
    asked: "Svar",
    good: "Bra",
    skipped: "Ikke sjekket",
    bad: "Se på dette",
  },
  listening: "Si noe …",
  measuring: (seconds, all) => `${seconds} av ${all} sekunder`,
  notes: "Hørte du tre toner?",
  heard: "Jeg hørte dem",
  heardNothing: "Jeg hørte ingenting",
  well: ["Alt er bra", "Du er på vei inn."],
  again: "Sjekk igjen",
  anyway: "Gå inn likevel",
  entering: "Går inn …",
  keepsTrying: "Siden prøver hele tiden å få deg inn.",
  faults: {
    camera_fault: [
      "Kameraet virker ikke",
      "Velg et annet under, eller lukk andre programmer som bruker det.",
    ],
    camera_off: ["Kameraet er av", "Slå det på, eller gå inn med et stillbilde i stedet."],
    black: ["Bildet er svart", "Åpne dekselet, eller velg et annet kamera under."],
    dark: ["Bildet er mørkt", "Vend en lampe eller et vindu mot ansiktet."],
    microphone_fault: ["Mikrofonen virker ikke", "Velg en annen under, og sjekk igjen."],
    muted: ["Mikrofonen er av", "Trykk Mikrofon på, så du kan høres."],
    silent: [
      "Ingenting høres fra mikrofonen",
      "Se etter en bryter på den, eller velg en annen mikrofon under.",
    ],
    speaker_fault: ["Høyttaleren kan ikke brukes", "Velg en annen under, og sjekk igjen."],
    speaker_silent: [
      "Du hører ingenting",
      "Skru opp lyden, eller velg en annen høyttaler under, og sjekk igjen.",
    ],
    echo: ["Mikrofonen hører høyttaleren din", "Bruk hodetelefoner, eller skru ned høyttaleren."],
    no_line: [
      "Ingenting kommer fram til studio",
      "Prøv et annet nett, for eksempel telefonens, og sjekk igjen.",
    ],
    no_sound: [
      "Lyden din kommer ikke fram til studio",
      "Velg en annen mikrofon under, eller last siden på nytt.",
    ],
    no_picture: [
      "Bildet ditt kommer ikke fram til studio",
      "Velg et annet kamera under, eller last siden på nytt.",
    ],
    lossy: ["Linja di mister mye underveis", "Bruk kabel, eller gå nærmere Wi-Fi-en, og sjekk igjen."],
    slow: ["Linja di er treg", "Bruk kabel. Du kan gå inn: da sendes et mindre bilde."],
    far: ["Linja di svarer sent", "Bruk kabel eller et annet nett."],
  },
};

export const adviceTexts: Translated<typeof englishAdvice> = {
  mutedOnAir: "Du er på lufta med mikrofonen av: ingen hører deg.",
  muted: "Mikrofonen er av: ingen hører deg.",
  cameraOff: "Kameraet er av: et stillbilde med navnet ditt vises.",
  silent: "Mikrofonen gir ingenting. Se etter en bryter på den, eller velg en annen.",
  noSoundArrives: "Lyden din kommer ikke fram til studio: ingen hører deg.",
  noPictureArrives: "Bildet ditt kommer ikke fram til studio: ingen ser deg.",
  low: "Linja di er svak, så et mindre bilde sendes. Bruk kabel, eller gå nærmere Wi-Fi-en.",
  unmute: "Bli hørt igjen",
  cameraOn: "Bli sett igjen",
  choose: "Velg en annen",
  tryAgain: "Prøv igjen",
  speaks: "Produsenten snakker til deg",
  recording: "OPPTAK",
  recordingLong: "Det gjøres opptak av sendingen",
  live: "DIREKTE",
  liveLong: "Sendingen strømmes",
  lights: "Hva studio gjør",
  leaveOnAir: "Du er på lufta: publikum ser at du går.",
  sideways: "Legg telefonen på siden for å fylle bildet.",
};
