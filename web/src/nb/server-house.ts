/** Norwegian: what the server says of itself, of destinations and of recordings, by its codes. */

import type { CodeWords } from "../texts.server";
import { BY_ITSELF, OURS, quoting } from "./server-phrases";

const LATER = "Prøv igjen om litt.";

/** Ours, and what is asked for in general. */
const HOUSE: Record<string, CodeWords> = {
  internal: [quoting("Noe gikk galt i Stagedoor"), OURS],
  media: [
    quoting("Bilde eller lyd kan ikke behandles"),
    "Et nytt nøkkelbilde retter det meste; loggen sier resten.",
  ],
  resource: ["Noe i Stagedoor er alt lukket", OURS],
  closed: ["Stagedoor har lukket den", ""],
  broken: [quoting("Den andre enden er borte"), BY_ITSELF],
  relay_unavailable: [
    "Releet svarer ikke",
    "Det starter igjen av seg selv. Hvis det varer, se i loggen til releet.",
  ],
  database_unusable: ["Databasen kan ikke skrives", "Rydd plass på disken til server.data_dir."],
  unauthenticated: [
    "Dette er bare for dem som har lenken",
    "Åpne lenken til regi; `stagedoor link` skriver den ut.",
  ],
  forbidden: [quoting("Dette har du ikke lov til her"), "Åpne lenken til regi."],
  cross_origin: [
    "Dette kom fra et annet nettsted",
    "Bak en proxy: se på server.public_url og server.trusted_proxies.",
  ],
  token_invalid: ["Lenken er ukjent her", "Åpne lenken som `stagedoor link` skriver ut."],
  token_expired: ["Lenken er utløpt", "`stagedoor link` skriver ut en ny."],
  invalid: [quoting("Noe her kan ikke være slik"), "Rett det som er nevnt."],
  bad_value: [quoting("Noe her kan ikke være slik"), "Rett feltet som er nevnt."],
  bad_request: [quoting("Serveren forstår ikke hva siden ba om"), "Last siden på nytt."],
  unsupported_type: ["Serveren venter seg en annen type innhold", "Last siden på nytt."],
  too_large: [
    ({ most_kb }) => (most_kb === undefined ? "Det er for stort" : `Det er større enn ${most_kb} kB`),
    "Send noe mindre.",
  ],
  timeout: ["Det kom ikke fram i tide", "Sjekk nettet, og prøv igjen."],
  method_not_allowed: ["Serveren kan ikke gjøre det med dette", "Last siden på nytt."],
  not_found: [quoting("Det finnes ikke"), "Det kan være slettet. Last siden på nytt."],
  upgrade_lost: [
    "Noe underveis stopper nyhetene fra serveren",
    "En proxy må slippe gjennom Upgrade og Connection; siden spør på en annen måte så lenge.",
  ],
  stale: ["Det er endret i mellomtiden", BY_ITSELF],
  overtaken: ["Noen andre har endret det i mellomtiden", "Se hvordan det er nå, og gjør det igjen."],
  precondition_required: ["Siden sa ikke hva den ville endre", "Last siden på nytt."],
  conflict: [quoting("Det går ikke slik det er nå"), "Se hvordan det er, og prøv igjen."],
  illegal_transition: ["Det går ikke slik det er nå", "Se hvordan det står til, og prøv igjen."],
  gone: ["Det er over", "Lag et nytt."],
  no_capacity: [quoting("Det er ikke plass til flere"), LATER],
  unavailable: [quoting("En del av Stagedoor er ikke der akkurat nå"), LATER],
  slow: ["Siden leste nyhetene for sakte", "Den kobler seg til igjen av seg selv."],
  range_unsatisfiable: ["Fila er ikke så lang", "Last ned hele fila."],
};

const DESTINATIONS: Record<string, CodeWords> = {
  destination_unreachable: [
    quoting("Mottakeren svarer ikke"),
    "Se at den er i gang, og på adresse, port og brannmur.",
  ],
  destination_refused: [
    quoting("Mottakeren sier nei"),
    "Se på strømnøkkel, bruker og passord, på stien, og om noen andre sender dit.",
  ],
  destination_closed: [
    "Mottakeren lukket forbindelsen",
    "Loggen der sier hvorfor: rett etter start er det oftest strømnøkkelen.",
  ],
  destination_certificate: [
    "Sertifikatet til mottakeren er ikke til å stole på",
    "Gi den et sertifikat for det navnet, eller nevn utstederen i SSL_CERT_FILE.",
  ],
  destination_unknown: ["Den mottakeren finnes ikke", "Den kan være tatt ut av innstillingene."],
  destination: [quoting("Mottakeren får det ikke"), "Se i loggen hos mottakeren."],
};

const RECORDINGS: Record<string, CodeWords> = {
  disk_low: ["Disken til opptakene er nesten full", "Rydd plass på disken."],
  disk_full: [
    ({ free_mb, least_mb }) =>
      free_mb === undefined
        ? "Disken til opptakene er full"
        : `Disken til opptakene har ${free_mb} MB igjen, og ${least_mb} MB skal være ledig`,
    "Rydd plass, eller sett recording.dir til en annen disk.",
  ],
  take_full: [
    ({ most_gb }) =>
      most_gb === undefined ? "Opptaket er så stort som det får bli" : `Opptaket har nådd ${most_gb} GB`,
    "Start et nytt, eller hev recording.max_take_gb.",
  ],
  recordings_unwritable: [
    quoting("Opptakene kan ikke skrives"),
    "recording.dir må være en mappe som programmet får skrive i.",
  ],
  recording_runs: ["Det gjøres opptak nå", "Stopp det først."],
  recording_idle: ["Det gjøres ikke opptak nå", ""],
  recording_unknown: ["Det opptaket eller den fila finnes ikke", "Den kan være slettet."],
  storage: [quoting("Disken tar ikke imot mer"), "Se på disken."],
};

export const houseCodes: Readonly<Record<string, CodeWords>> = { ...HOUSE, ...DESTINATIONS, ...RECORDINGS };
