/** Norwegian: what the server says of the mixer, its sources and media, by its codes. */

import type { CodeWords, Phrase } from "../texts.server";
import { quoting } from "./server-phrases";

const AGAIN = "Det prøves igjen hvert annet sekund.";

/** `Det finnes ingen scene som heter duo`. */
const missing =
  (what: string): Phrase =>
  ({ name }) =>
    name === undefined ? `${what} finnes ikke` : `${what} ${name} finnes ikke`;

const MANY: Readonly<Record<string, string>> = {
  scenes: "scener",
  sources: "kilder",
  overlays: "grafikker",
  tickers: "rulletekster",
  outputs: "utganger",
};

const BOARD: Record<string, CodeWords> = {
  mixer_unavailable: [
    "Mikseren svarer ikke akkurat nå",
    "Den starter igjen av seg selv, på samme scene. Hvis det varer, se i loggen til mikseren.",
  ],
  mixer_late: [
    "Denne maskinen er for treg for program",
    "Avslutt andre programmer, eller velg raskere mixer.preset, mindre bilde eller færre bilder i sekundet.",
  ],
  mixer_disabled: ["Et annet program er mikseren", "Sett mixer.enabled = true for å mikse her."],
  encoder_failed: [
    quoting("Bildet på program kodes av x264, for koderen i maskinvaren svikter"),
    "Se hva stagedoor doctor sier om det, eller sett mixer.encoder til x264.",
  ],
  second_canvas_disabled: [
    "Det er ikke noe andre lerret her",
    "Sett mixer.second_canvas.enabled = true, og start på nytt.",
  ],
  returns_disabled: ["Ingenting her lager returer", "Sett mixer.returns.without_mixer = true."],
  tally_confirmed: [
    "Det er mikseren som sier hva som er på lufta",
    "Sett mixer.enabled = false der et annet program er mikseren.",
  ],
  scene_unknown: [missing("Scenen"), "Den kan være slettet."],
  scene_in_use: [
    ({ where }) =>
      where === undefined
        ? "Scenen er på lufta eller klar"
        : `Scenen er ${where === "program" ? "på lufta" : "klar"}`,
    "Sett en annen scene dit først.",
  ],
  source_unknown: [missing("Kilden"), "Den kan være slettet."],
  source_of_seat: ["Kilden hører til en plass", "Plassene står i guests.seats i innstillingene."],
  source_in_use: [
    ({ by }) => `${by ?? "En annen kilde"} viser denne kilden når den selv er borte`,
    "Endre if_gone på den først.",
  ],
  output_unknown: [missing("Utgangen"), "Den kan være slettet."],
  talkback_missing: ["Mikrofonen din kommer ikke fram", "La siden bruke mikrofonen, og prøv igjen."],
  too_many_talkbacks: [
    ({ most }) => `${most ?? "For mange"} i regi kan snakke alt`,
    "La en av dem slutte først.",
  ],
  overlay_unknown: [missing("Grafikken"), "Den kan være slettet."],
  overlay_kind: ["Det går ikke med denne grafikken", "Velg en klokke som går, eller en resultattavle."],
  id_taken: [
    ({ name }) => (name === undefined ? "Det navnet er tatt" : `${name} finnes alt`),
    "Velg et annet navn.",
  ],
  board_full: [
    ({ what, most }) =>
      what === undefined
        ? "Scenene er for store til sammen"
        : `Det er ikke plass til mer enn ${most} ${MANY[what] ?? what}`,
    "Slett noen.",
  ],
  in_transition: ["En overgang er i gang", "Vent til den er over, eller klipp."],
  layout_unknown: ["Det oppsettet finnes ikke", "Last siden på nytt."],
  hub_unavailable: ["Mikseren kan ikke lese fra releet", "Vent litt; se så i loggen til releet."],
};

const SOURCES: Record<string, CodeWords> = {
  source_missing: ["Adressen eller fila finnes ikke", `Rett den. ${AGAIN}`],
  source_unreachable: ["Ingenting svarer på adressen", "Start serveren der, eller rett adressen."],
  source_refused: ["Serveren vil ha en annen bruker eller et annet passord", "Rett dem i adressen."],
  source_silent: ["Det kommer ikke noe mer derfra", "Se på serveren; den åpnes igjen av seg selv."],
  source_unreadable: [
    "Det som kommer, kan ikke leses som bilde eller lyd",
    "Bruk et annet format eller en annen adresse.",
  ],
  source_too_large: ["Bildene er for store", "Bruk mindre bilder."],
  source_sound_late: ["Lyden kommer for sent til å høres", "Sett en lengre fast forsinkelse for kilden."],
  source_not_recorded: [
    "Opptaket av kilden mangler bilde eller lyd",
    "Bruk et annet format, eller ta opp hos avsenderen.",
  ],
  source_ended: ["Strømmen er slutt", "Den åpnes igjen av seg selv."],
  device_missing: ["Kameraet eller lydinngangen finnes ikke", "Koble det til; det åpnes av seg selv."],
  device_refused: [
    "Brukeren får ikke åpne kameraet eller lydinngangen",
    "Legg brukeren til i gruppene video og audio.",
  ],
  device_busy: ["Et annet program bruker kameraet", "Lukk det der; det åpnes av seg selv."],
  device_unreadable: ["Enheten gir ikke det den blir bedt om", "Bruk en annen størrelse, eller ingen."],
  clip_not_ready: ["Fila til innslaget er ikke åpen", AGAIN],
  not_a_clip: [
    "Det er ikke et innslag",
    "Et innslag er en fil; et stillbilde med varighet kan også spilles.",
  ],
  clip_outside: [
    ({ first_s, last_s }) =>
      first_s === undefined ? "Det er utenfor innslaget" : `Innslaget går fra ${first_s} til ${last_s} s`,
    "Velg et sted i innslaget, eller endre start og slutt.",
  ],
  clip_unseekable: ["Fila har ingen tider å søke etter", "Legg den i MP4 eller Matroska."],
  clip_beyond_end: ["Starten ligger etter slutten av fila", `Endre start eller slutt. ${AGAIN}`],
  stinger_unreadable: [
    "Fila er ikke et innslag med bilder",
    "VP8 eller VP9 med alfa i WebM, ProRes 4444 eller QuickTime Animation i MOV.",
  ],
  stinger_too_long: [({ most_s }) => `Stingeren er lengre enn ${most_s ?? 10} s`, "Kort den ned."],
  stinger_not_ready: ["Stingeren var ikke klar, så det ble klippet", "Velg den i overgangen før den trengs."],
  still_unreadable: ["Fila er ikke et bilde som kan leses", "PNG, JPEG eller WebP."],
  still_too_large: ["Bildet er større enn 20 MB eller 50 millioner piksler", "Bruk et mindre bilde."],
  picture_too_large: ["Bildet er for stort til å kodes om", "La gjesten sende et mindre bilde, eller H.264."],
};

const MEDIA: Record<string, CodeWords> = {
  media_unreadable: [quoting("Fila kan ikke brukes"), "Prøv et annet format."],
  media_full: [
    ({ most_mb }) =>
      most_mb === undefined
        ? "Det er ikke plass til flere filer"
        : `Alle filer til sammen kan ha ${most_mb} MB`,
    "Slett noen, eller hev media.max_total_mb.",
  ],
  media_unwritable: [quoting("Fila kan ikke lagres"), "Rydd plass på disken til server.data_dir."],
  media_busy: [
    "To filer lastes opp alt, det er for mange, eller andre må ses på først",
    "Vent litt, eller slett noen.",
  ],
  media_in_use: [
    ({ file }) => (file === undefined ? "Fila er i bruk" : `${file} er i bruk`),
    "Slett kildene og grafikken som bruker den først, eller gi dem en annen fil.",
  ],
  media_unknown: ["Den fila finnes ikke, eller har ikke noe bilde", "Den kan være slettet."],
  upload_broken: ["Opplastingen ble brutt", "Last opp på nytt."],
};

export const mixerCodes: Readonly<Record<string, CodeWords>> = { ...BOARD, ...SOURCES, ...MEDIA };
