/** Norwegian: what the server says of guests and of their lines, by its codes. */

import type { CodeWords } from "../texts.server";
import { BY_ITSELF, OURS, quoting } from "./server-phrases";

const GUESTS: Record<string, CodeWords> = {
  source_lost: ["Kilden er borte på lufta", "Klipp til en annen scene."],
  guest_lost: ["Gjesten er borte", "Siden til gjesten kommer tilbake av seg selv."],
  guest_silent: [
    "Gjesten sender bare stillhet",
    "Be dem se på bryteren på mikrofonen, eller velge en annen.",
  ],
  guest_hears_nothing: ["Gjesten hører ingenting fra studio", "Skriv til dem."],
  guest_without_sound: [
    "Gjesten sender bilde, men ikke lyd",
    "Be dem velge mikrofonen, og la siden bruke den.",
  ],
  invite_unknown: ["Invitasjonen er ukjent", "Lag en ny."],
  invite_expired: ["Lenken virker ikke lenger", "Lag en ny."],
  removed: ["Gjesten er sendt ut", "Inviter på nytt hvis de skal inn igjen."],
  seat_taken: [
    ({ seat, who }) => {
      const place = seat ? `Plassen ${seat}` : "Plassen";
      return who ? `${place} er tatt av ${who}` : `${place} er tatt`;
    },
    "Velg en annen plass, eller send den som sitter der, til lobbyen.",
  ],
  seat_unknown: [
    ({ seat }) => `Det finnes ingen plass som heter ${seat ?? "det"}`,
    "Plassene står i guests.seats i innstillingene.",
  ],
  opened_elsewhere: ["Lenken er åpen på en annen side", "Gå inn der, eller ta over her."],
  consent_needed: ["Vilkårene må leses og godtas først", "Last siden på nytt."],
  lobby_full: ["Lobbyen er full", "Hent inn eller send ut noen."],
  house_full: ["Det er ikke plass til flere gjester", "Send ut noen, eller trekk tilbake lenker."],
  test_guests_full: [
    ({ most }) => `Det er alt ${most ?? "for mange"} testgjester`,
    "La en av dem gå ut først.",
  ],
  test_guest_unwritable: [
    "Testgjesten kan ikke lages på disken",
    "Rydd plass på disken til server.data_dir.",
  ],
  not_joined: ["Gjesten er ikke her", "Vent til de har gått inn."],
  guest_checking: ["Gjesten sjekker fortsatt kamera og mikrofon", "Vent til de har kommet inn."],
  guest_unknown: ["Det finnes ingen slik gjest eller plass", "Gjesten kan ha gått ut."],
  guest_away: [
    "Siden til gjesten er ikke åpen akkurat nå",
    "Vent til de er tilbake; demp på faderen virker alltid.",
  ],
  guest_without_page: ["Gjesten bruker ikke siden vår", "Bruk demp på faderen."],
  too_many_commands: [
    "Siden til gjesten har ikke svart på det forrige",
    "Vent litt, og se på linja til gjesten.",
  ],
  command_unknown: ["Det er ikke lenger noe å svare på", ""],
  command_over: ["Det er alt besvart, eller for sent", ""],
  chat_too_fast: [
    ({ most, within_s }) =>
      most === undefined ? "Det går for fort" : `Ikke mer enn ${most} meldinger på ${within_s} s`,
    "Vent litt.",
  ],
  hand_too_fast: ["Hånda ble flyttet akkurat nå", "Vent et sekund."],
  not_seated: ["De som venter i lobbyen, skriver bare til regi", "Hent dem inn først."],
};

/** A guest's line, and what the operator hears and sees of it. */
const LINES: Record<string, CodeWords> = {
  carrier_unreached: [
    "Ingenting fra gjesten har kommet fram til denne maskinen",
    "Åpne UDP-portene i webrtc.udp_ports, eller bytt gjesten til Cloudflare.",
  ],
  bad_offer: [
    quoting("Nettleseren eller programmet sender noe som ikke kan leses"),
    "Prøv en annen nettleser.",
  ],
  no_common_codec: [quoting("De har ingen kodek felles"), "H.264, VP8, VP9 eller AV1, med Opus."],
  nothing_in_common: ["Det er ingenting der som siden kan ta imot", "Last siden på nytt."],
  not_encrypted: ["Programmet sender uten kryptering", "Det må sende med UDP/TLS/RTP/SAVPF."],
  no_rtcp_mux: ["Programmet sender RTP og RTCP hver for seg", "Bruk et program som kan rtcp-mux."],
  ports_used_up: ["Det er ingen UDP-port ledig til en gjest til", "Gi webrtc.udp_ports flere porter."],
  too_many_files: [
    "Denne maskinen kan ikke åpne flere filer",
    "Hev grensen for åpne filer (LimitNOFILE, ulimit -n).",
  ],
  too_many_connections: ["Det er ikke plass til flere tilkoblinger", "Avslutt noen av dem som ser på."],
  too_many_sessions: ["Det er ikke plass til flere som sender", "Avslutt noen av dem."],
  too_many_viewers: ["Det er ikke plass til flere som ser på", "Avslutt noen av dem."],
  session_unknown: ["Linja er alt lukket", "Siden kobler til igjen av seg selv."],
  session_exists: ["Linja er der alt", OURS],
  switched: ["Regi har valgt en annen bærer", "Siden kobler til igjen av seg selv."],
  viewer_unknown: ["Linja er alt lukket", "Siden kobler til igjen av seg selv."],
  viewer_exists: ["Linja er der alt", OURS],
  path_taken: ["Noen andre sender til samme sted", "La dem slutte først."],
  path_unknown: ["Ingen sender dit akkurat nå", "Se på navnet, og om gjesten er der."],
  path_name: ["Det kan ikke hete det", "1 til 64 av a-z, 0-9, _ og -, med en bokstav eller et siffer først."],
  container_unknown: ["Slike filer kan ikke sendes hit", "Send .nut."],
  not_nut: ["Det som sendes, er ikke NUT", "Bruk et annet program eller en annen kodek."],
  publisher_silent: ["Det kommer ikke noe mer", "Se på programmet som sender."],
  replaced: ["En nyere har tatt over", "Stopp en av dem."],
  no_ice_restart: ["Linja kan ikke bytte nett", "Siden kobler til på nytt av seg selv."],
};

const CLOUDFLARE: Record<string, CodeWords> = {
  carrier_unconfigured: [
    "Cloudflare er ikke satt opp her",
    "Sett carrier.cloudflare.app_id og app_secret, eller velg den innebygde bæreren.",
  ],
  carrier_unauthorized: ["Cloudflare godtar ikke hemmeligheten", "Rett carrier.cloudflare.app_secret."],
  carrier_app_unknown: [
    "Cloudflare kjenner ikke appen",
    "Rett carrier.cloudflare.app_id; en ny app er kjent overalt etter noen minutter.",
  ],
  carrier_turn_refused: ["Cloudflare godtar ikke TURN-nøkkelen", "Rett carrier.cloudflare.turn_key_token."],
  carrier_turn_unknown: ["Cloudflare kjenner ikke TURN-nøkkelen", "Rett carrier.cloudflare.turn_key_id."],
  carrier_unreachable: [
    "Cloudflare svarer ikke",
    "Se på nettet til denne maskinen, DNS og carrier.cloudflare.base_url.",
  ],
  carrier_tls_failed: [
    "Forbindelsen til Cloudflare er ikke til å stole på",
    "Se på klokka til denne maskinen, på en proxy som leser med, og på carrier.cloudflare.base_url.",
  ],
  carrier_timed_out: ["Cloudflare svarte ikke i tide", BY_ITSELF],
  carrier_unreadable: [
    "Svaret fra Cloudflare kan ikke leses",
    `${BY_ITSELF} Hvis det varer, se på carrier.cloudflare.base_url.`,
  ],
  carrier_track_not_ready: [
    "Ingenting fra gjesten har kommet fram til Cloudflare ennå",
    `${BY_ITSELF} Hvis det varer, slipper nettet til gjesten ikke bilde og lyd ut.`,
  ],
  carrier_session_gone: ["Cloudflare har lukket linja", "En ny lages av seg selv."],
  carrier_not_ready: ["Cloudflare er ikke klar ennå", BY_ITSELF],
  carrier_out_of_order: ["Cloudflare ventet seg noe annet nå", "En ny linje lages av seg selv."],
  carrier_too_many_calls: ["Cloudflare vil ha færre forespørsler", "Det prøves igjen, saktere."],
  carrier_not_understood: [
    "Cloudflare forstår ikke forespørselen",
    "Se på carrier.cloudflare.base_url; gjesten kan bruke den innebygde bæreren så lenge.",
  ],
  carrier_too_large: [
    "Nettleseren til gjesten sender mer enn Cloudflare tar imot",
    "Be dem prøve en annen nettleser.",
  ],
  carrier_refused: [
    quoting("Cloudflare sier nei"),
    "Bytt gjesten til den innebygde bæreren, eller be dem gå inn på nytt.",
  ],
  carrier_failed: [quoting("Det gikk galt hos Cloudflare"), BY_ITSELF],
};

export const guestCodes: Readonly<Record<string, CodeWords>> = { ...GUESTS, ...LINES, ...CLOUDFLARE };
