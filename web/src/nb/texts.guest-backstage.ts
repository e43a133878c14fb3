/** Norwegian: what the producer sends to a guest's screen, the chat, and the raised hand. */

import type { Translated } from "../language";
import type { backstageTexts as english } from "../texts.guest-backstage";

const DEVICES = {
  camera: "kameraet ditt",
  microphone: "mikrofonen din",
  speaker: "høyttaleren din",
} as const;

export const backstageTexts: Translated<typeof english> = {
  told: {
    mute: "Produsenten har slått av mikrofonen din.",
    camera_off: "Produsenten har slått av kameraet ditt.",
    quality: (quality) => `Produsenten har satt bildet ditt til ${quality}.`,
    device: (device, label) => `Produsenten har byttet ${DEVICES[device]}${label ? ` til ${label}` : ""}.`,
    not: (reason) => `Produsenten ba om noe som ikke går her. ${reason}`,
  },
  ok: "OK",
  refusals: {
    staysMuted: "Gjesten lar mikrofonen være av.",
    stillOn: "Mikrofonen lot seg ikke slå av.",
    noMicrophone: "Mikrofonen virker ikke.",
    cameraStillOn: "Kameraet lot seg ikke slå av.",
    cameraIsOff: "Kameraet er av.",
    tooSmall: (size) => `Dette kameraet gir ikke mer enn ${size}.`,
    weakLine: "Linja bærer bare et mindre bilde.",
    noOtherCamera: "Ikke noe annet kamera.",
    noOtherMicrophone: "Ingen annen mikrofon.",
    noOtherSpeaker: "Ingen annen høyttaler.",
    noSuch: (label) => `Ingen enhet heter ${label}.`,
    noChoice: "Denne nettleseren lar ikke sider velge høyttaler.",
    notOpened: "Enheten lot seg ikke åpne.",
    failed: "Siden har feilet.",
  },
  ask: {
    title: "Produsenten ber deg slå på mikrofonen",
    detail: "Ingen hører deg før du gjør det.",
    yes: "Mikrofon på",
    no: "La den være av",
  },
  message: { title: "Fra produsenten", read: "Jeg har lest det" },
  countdown: { title: "Nedtelling", now: "Nå" },
  prompter: {
    title: "Prompter",
    pause: "Pause",
    go: "Fortsett",
    smaller: "Mindre",
    larger: "Større",
    slower: "Saktere",
    faster: "Raskere",
    close: "Lukk",
    closeLong: "Lukk prompteren",
  },
  hand: {
    raise: "Rekk opp hånda",
    lower: "Ta ned hånda",
    raising: "Rekker opp …",
    lowering: "Tar ned …",
    isUp: "Hånda er oppe. Produsenten ser den.",
    failed: "Det nådde ikke fram til studio. Trykk igjen.",
  },
  chat: {
    title: "Chat",
    unread: (count) => (count === 1 ? "1 ny melding" : `${count} nye meldinger`),
    close: "Lukk chatten",
    nothing: "Ingen har sagt noe ennå.",
    list: "Det som er sagt",
    producer: "Produsenten",
    you: "Du",
    toProducer: "bare til produsenten",
    toYou: "bare til deg",
    toEveryone: "til alle",
    who: "Hvem som leser",
    producerOnly: "Bare produsenten",
    everyone: "Alle",
    write: "Meldingen din",
    send: "Send",
    sending: "Sender …",
    tooFast: "Du skriver fortere enn studio tar imot. Vent noen sekunder, og send igjen.",
    notSent: "Den ble ikke sendt. Teksten din står her ennå: send den igjen.",
  },
};
