/** What a guest hears and who speaks to them, in the mixer's word. */

import type { GuestView } from "../client/types";
import { mixerTexts } from "../texts.mixer";
import type { Desk } from "./desk";

/** What a page calls itself is nobody's name. */
const PAGE = /^desk-/;

/** Who speaks, as this page calls them. */
export function speakerOf(operator: string, self: string): string {
  const say = mixerTexts.hearing;
  if (operator === self) return say.you;
  return PAGE.test(operator) ? say.another : operator;
}

/** Everybody who speaks to a guest, each named once. */
export const speakersTo = ({ hears }: Pick<GuestView, "hears">, self: string): string[] => [
  ...new Set(hears?.talkbacks.map((operator) => speakerOf(operator, self))),
];

/** One line: what a guest's return carries; null where the mixer has not said so. */
export function hearsLine(guest: Pick<GuestView, "hears">, self: string): string | null {
  const say = mixerTexts.hearing;
  if (!guest.hears) return null;
  const { carries } = guest.hears;
  const voices = new Set(
    guest.hears.talkbacks.map((each) => (each === self ? say.yours : say.talkbackOf(speakerOf(each, self)))),
  );
  const rest = carries === "nothing" && voices.size > 0 ? [] : [say.carries[carries]];
  return say.hears([...voices, ...rest].join(" + "));
}

/** One sentence of what the others say to guests; null while nobody else speaks. */
export function othersSay({ guests }: Desk, self: string): string | null {
  const others = ({ hears }: GuestView): string[] => (hears?.talkbacks ?? []).filter((each) => each !== self);
  const spoken = [...guests.values()].filter((guest) => others(guest).length > 0);
  if (spoken.length === 0) return null;
  const who = new Set(spoken.flatMap(others).map((operator) => speakerOf(operator, self)));
  return mixerTexts.hearing.talkbackTo(spoken.map(({ name }) => name).join(", "), [...who].join(", "));
}
