/** Why a guest's page does not do what it was asked for. */

/** As the API has it: English, each a phrase without capital and point, whichever language the guest reads. */
const PHRASES = {
  staysMuted: "the guest stays muted",
  stillOn: "the microphone could not be switched off",
  noMicrophone: "the microphone does not work",
  cameraStillOn: "the camera could not be switched off",
  cameraIsOff: "the camera is off",
  /** What follows it is a size. */
  tooSmall: "the camera gives no more than",
  weakLine: "the line carries a smaller picture only",
  noOtherCamera: "there is no other camera",
  noOtherMicrophone: "there is no other microphone",
  noOtherSpeaker: "there is no other speaker",
  /** What follows it is a device's name. */
  noSuch: "no device is called",
  noChoice: "the browser does not let pages choose the speaker",
  notOpened: "the device could not be opened",
  failed: "the page has failed",
} as const;
/** Control takes no longer ones. */
const LONGEST = 80;

export type Why = keyof typeof PHRASES;

export interface Refusal {
  why: Why;
  /** What is put into its words; empty where they are whole without. */
  detail: string;
}

/** How a language says each of them. */
export type RefusalTexts = Readonly<Record<Why, string | ((detail: string) => string)>>;

export const refusal = (why: Why, detail = ""): Refusal => ({ why, detail });

/** The phrase that control is given. */
export const phraseOf = ({ why, detail }: Refusal): string =>
  `${PHRASES[why]} ${detail}`.trim().slice(0, LONGEST);

/** What a phrase of control's says; null where it is in no page's words. */
export function refusalOf(reason: string): Refusal | null {
  for (const why of Object.keys(PHRASES) as Why[]) {
    if (reason === PHRASES[why]) return refusal(why);
    if (reason.startsWith(`${PHRASES[why]} `)) return refusal(why, reason.slice(PHRASES[why].length + 1));
  }
  return null;
}

/** A refusal in a language's words. */
export function saidOf({ why, detail }: Refusal, texts: RefusalTexts): string {
  const words = texts[why];
  return typeof words === "string" ? words : words(detail);
}

/** Control's phrase in a language's words; what is in no page's words stays as it is. */
export function reasonIn(texts: RefusalTexts, reason: string): string {
  const known = refusalOf(reason);
  return known ? saidOf(known, texts) : reason.replace(/\.$/, "");
}
