/** Norwegian: what the server says. */

import type { Translated } from "../language";
import { decimal } from "../state/format";
import type { serverTexts as english, IncidentWords, Phrase } from "../texts.server";
import { guestCodes } from "./server-guests";
import { houseCodes } from "./server-house";
import { mixerCodes } from "./server-mixer";

/** A bound of a field, with no more decimals than it has. */
const figure = (value: string | number | undefined): string => {
  const number = Number(value);
  return decimal(number, Number.isInteger(number) ? 0 : (String(number).split(".")[1]?.length ?? 0));
};

/** What a field has to be: `domain/checks.py`, and pydantic's own. */
const rules: Record<string, Phrase> = {
  name: "er ikke et navn: bokstaver, sifre, _ og -, høyst 80",
  words: ({ most }) => `er lengre enn ${most} tegn, eller har tegn som ikke kan skrives`,
  color: "er ikke en farge som #20c040",
  within: ({ low, high }) => `er ikke et tall fra ${figure(low)} til ${figure(high)}`,
  count: ({ number, most }) => `er ${number}; høyst ${most}`,
  unique: "står der to ganger",
  background: "er verken en farge som #20c040 eller en kilde",
  stinger_file: "er fila som en stinger spiller, og må være der",
  edge: ({ edge, most }) => `når til ${figure(edge)}; høyst ${figure(most)}`,
  crop: "lar ingenting av bildet bli igjen",
  hub_path: "er ikke et navn i huben: a–z, 0–9, _ og -, høyst 64 tegn, med en bokstav eller et tall først",
  lobby: "er fra noen i lobbyen, som bare regi ser og hører",
  seats_path: "er plassens egen: vis plassen selv, så gjesten aldri hører seg selv",
  published: ({ name }) =>
    `er der utgangen «${name}» sender til, og ville ses og høres i seg selv: fjern den først`,
  read: ({ name }) => `er der kilden «${name}» leses, og ville ses og høres i seg selv`,
  mixed: "kommer ut av mikseren selv, og ville ses i seg selv",
  hue: "er grå, eller nesten: bruk nøkling på lysstyrke",
  low_high: ({ high }) => `er over den høyeste, som er ${figure(high)}`,
  in_out: ({ out_s }) => `er ikke før slutten, som er ${figure(out_s)}`,
  clip_only: "gjelder bare filer",
  still_only: "gjelder bare stillbilder",
  circle: ({ way }) => `fører tilbake til kilden selv: ${way}`,
  talkback: "er når regi snakker, og går bare til returer",
  outside: "er det en gjest får utenfra, og går bare til den gjesten",
  image_file: "er fila til et bilde, som må ha en; ingenting annet har det",
  countdown_only: "er det en nedtelling teller fra; ingenting annet har det",
  clock_hours: "viser ikke timer, og det må et klokkeslett",
  items: "har ingen ord",
  items_length: ({ characters, most }) =>
    `er ${characters} tegn med det som står mellom; høyst ${most} i denne størrelsen`,
  score: ({ score, most }) => `fører til ${score}; et resultat er fra 0 til ${most}`,
  timer: "er ikke en klokke",
  no_address: "skal ikke ha noen adresse",
  still_file: "må være en fil: et stillbilde leses ikke fra en server",
  file: "må være en fil i mappa media",
  file_there: "finnes ikke i mappa media",
  address: "er ikke en adresse som kan leses: rtsp, rtmp, http eller https",
  destination: "er ikke en adresse som kan sendes til: rtmp, rtmps, rtsp eller rtsps",
  seats_kind: "er for plassene, som står i guests.seats",
  seats_field: "står i guests.seats i innstillingene",
  device: "er ikke navnet på en enhet, som /dev/video0 eller alsa:default",
  camera_only: "gjelder bare kameraer",
  iso: "er for kilder som leses fra en server",
  missing: "mangler",
  string_too_short: ({ min_length }) => `må ha minst ${min_length} tegn`,
  string_too_long: ({ max_length }) => `kan ha høyst ${max_length} tegn`,
  string_pattern_mismatch: "har tegn som ikke kan brukes her",
  string_type: "må være en tekst",
  too_short: ({ min_length }) => `må være minst ${min_length}`,
  too_long: ({ max_length }) => `kan være høyst ${max_length}`,
  greater_than: ({ gt }) => `må være mer enn ${figure(gt)}`,
  greater_than_equal: ({ ge }) => `må være minst ${figure(ge)}`,
  less_than: ({ lt }) => `må være mindre enn ${figure(lt)}`,
  less_than_equal: ({ le }) => `kan være høyst ${figure(le)}`,
  int_type: "må være et helt tall",
  int_parsing: "må være et helt tall",
  int_from_float: "må være et helt tall",
  float_type: "må være et tall",
  float_parsing: "må være et tall",
  finite_number: "må være et tall",
  bool_type: "må være ja eller nei",
  bool_parsing: "må være ja eller nei",
  literal_error: "er ikke noe av det en kan velge",
  enum: "er ikke noe av det en kan velge",
  extra_forbidden: "er ukjent her",
  json_invalid: "kan ikke leses",
  value_error: ({ said }) => `kan ikke være slik («${said}»)`,
};

const COMES_BACK = "Siden til gjesten prøver igjen av seg selv.";
const AGAIN = "Det prøves igjen av seg selv, hvert tiende sekund på det lengste.";

/** `domain/incident.py`, `IncidentKind`. */
const incidents: Record<string, IncidentWords> = {
  guest_lost: {
    cause: ({ name, severity, what }) =>
      what === "picture"
        ? `Bildet til ${name} er borte på lufta.`
        : `${name} er borte${severity === "critical" ? " på lufta" : ""}: det kommer ikke noe mer derfra.`,
    done: ({ seat, what }) =>
      what === "picture"
        ? "Det siste bildet står i to sekunder, så kommer plakaten."
        : `${seat} holdes av, og siden til gjesten kommer tilbake av seg selv.`,
    todo: ({ severity }) =>
      severity === "critical" ? "Klipp til en annen scene." : "Ring dem hvis det varer.",
  },
  source_lost: {
    cause: ({ name }) => `${name} er borte på lufta: det kommer ikke noe mer derfra.`,
    done: "Plakaten, eller det som vises i stedet, står til det kommer noe igjen.",
    todo: "Klipp til en annen scene.",
  },
  guest_trouble: {
    cause: ({ name, why }) => `${name} kan ikke kobles til: ${why}`,
    done: COMES_BACK,
    todo: null,
  },
  guest_cloudflare: {
    cause: ({ name, why }) => `Linja til ${name} med Cloudflare svikter: ${why}`,
    done: "Det som går tapt der, lages på nytt av seg selv.",
    todo: null,
  },
  guest_without_sound: {
    cause: ({ name }) => `${name} sender bilde, men ikke lyd.`,
    done: "",
    todo: "Be dem velge mikrofonen, og la siden bruke den.",
  },
  guest_silent: {
    cause: ({ name }) => `${name} sender bare stillhet, enda siden sier at mikrofonen er på.`,
    done: "",
    todo: "Be dem se på bryteren på mikrofonen, eller velge en annen.",
  },
  guest_hears_nothing: {
    cause: ({ name }) => `${name} hører ingenting fra studio.`,
    done: "",
    todo: ({ hears }) =>
      hears === "blocked"
        ? "Skriv til dem: nettleseren spiller ingenting før de trykker på knappen over bildet."
        : "Skriv til dem at de må se på volumet under bildet. Er det oppe, se på returen deres.",
  },
  relay: {
    cause: "Releet er nede.",
    done: "Det starter igjen av seg selv, og gjestene kommer tilbake til plassene sine.",
    todo: "Hvis det varer, se i loggen til releet.",
  },
  mixer: {
    cause: "Mikseren er nede.",
    done: "Den starter igjen av seg selv, på samme scene. Gjestene er fortsatt tilkoblet.",
    todo: "Hvis det varer, se i loggen til mikseren.",
  },
  database: {
    cause: "Databasen kan ikke skrives.",
    done: "Endringer holdes i minnet, og skrives så snart det går.",
    todo: "Rydd plass på disken til server.data_dir. Ingenting går tapt så lenge programmet kjører.",
  },
  recording: {
    cause: ({ take, why }) => `Opptaket ${take} stoppet av seg selv: ${why}.`,
    done: "Det som er skrevet så langt, er i orden.",
    todo: null,
  },
  destination: {
    cause: ({ path, url, why }) => `${path} når ikke fram til ${url}: ${why}`,
    done: AGAIN,
    todo: null,
  },
  return: {
    cause: ({ seat, url, why }) => `${seat} får ingenting fra ${url}: ${why}`,
    done: AGAIN,
    todo: "Se på return_url for plassen, og på programmet som sender den.",
  },
  disk: {
    cause: "Disken til opptakene er nesten full.",
    done: ({ least_mb }) =>
      `Opptaket stopper av seg selv når ${least_mb} MB er ledig (recording.min_free_mb).`,
    todo: "Rydd plass på disken.",
  },
  encoder: {
    cause: ({ wanted, reason }) => `Bildet på program kodes ikke av ${wanted} («${reason}»)`,
    done: "x264 gjør det i stedet, på prosessoren. Program går som før.",
    todo: "Se hva stagedoor doctor sier om det, eller sett mixer.encoder til x264.",
  },
  late: {
    cause: "Denne maskinen er for treg for program: bilder mangler eller vises på nytt.",
    done: "Bilder vises på nytt, så bilde og lyd holder følge.",
    todo: "Avslutt andre programmer, eller velg raskere mixer.preset, mindre bilde eller færre bilder i sekundet.",
  },
};

export const serverTexts: Translated<typeof english> = {
  codes: { ...guestCodes, ...houseCodes, ...mixerCodes },
  rules,
  incidents,
};
