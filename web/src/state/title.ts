/** The switcher's title: what wants an operator who looks at another tab. */

import { backstageTexts } from "../texts.backstage";
import { deskTexts } from "../texts.desk";
import { countOf } from "./attention";
import { lobbyOf } from "./desk";
import { unseenOf } from "./hands";
import type { Operator } from "./operator";

interface Told extends Pick<Operator, "desk" | "handsSeen"> {
  chat: Pick<Operator["chat"], "unread">;
  alerts: Pick<Operator["alerts"], "attention">;
}

/** What nobody has looked at: who is lost on air first, outputs, knocks, hands and words; then how many wait. */
export function pageTitle({ desk, handsSeen, chat, alerts }: Told): string {
  const now = desk.value;
  if (!now) return deskTexts.pageTitle(0);
  const say = backstageTexts;
  const attention = alerts.attention.value;
  const counted: [number, (count: number) => string][] = [
    [countOf(attention, "lost"), say.lostTitle],
    [countOf(attention, "output"), say.outputsTitle],
    [countOf(attention, "knock"), say.knocks],
    [unseenOf(now, handsSeen.value).length, say.hands],
    [chat.unread.value, say.messages],
  ];
  const news = counted.filter(([count]) => count > 0).map(([count, words]) => words(count));
  return deskTexts.pageTitle(lobbyOf(now).filter(({ away }) => !away).length, news);
}
