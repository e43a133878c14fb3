/** The switcher's title: what wants an operator who looks at another tab. */

import { backstageTexts } from "../texts.backstage";
import { deskTexts } from "../texts.desk";
import { lobbyOf } from "./desk";
import { unseenOf } from "./hands";
import { isLostOnAir, openOf } from "./incidents";
import type { Operator } from "./operator";

type Told = Pick<Operator, "desk" | "handsSeen" | "chat" | "incidents">;

/** Who is lost on air first, then hands and words that nobody has looked at, then how many wait. */
export function pageTitle({ desk, handsSeen, chat, incidents }: Told): string {
  const now = desk.value;
  if (!now) return deskTexts.pageTitle(0);
  const hands = unseenOf(now, handsSeen.value).length;
  const unread = chat.unread.value;
  const isLost = openOf(incidents.value).some(isLostOnAir);
  const news = [
    isLost ? backstageTexts.lostTitle : "",
    hands > 0 ? backstageTexts.hands(hands) : "",
    unread > 0 ? backstageTexts.messages(unread) : "",
  ].filter((each) => each !== "");
  return deskTexts.pageTitle(lobbyOf(now).filter(({ away }) => !away).length, news);
}
