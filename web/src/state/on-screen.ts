/** What stands on a guest's screen, by their page's own word, as the desk says it. */

import type { GuestCommand, OnScreen } from "../client/types";
import { backstageTexts } from "../texts.backstage";
import { timeOf } from "./format";

type Kind = "message" | "countdown" | "prompter";

export interface ScreenLine {
  kind: Kind;
  /** The command's that brought it. */
  id: string;
  words: string;
  /** It is not there any more: nothing is left to be taken away. */
  isOver: boolean;
}

/** Commands that take away what one of their kind has brought. */
export const TAKES_AWAY: Record<Kind, GuestCommand> = {
  message: { kind: "message", text: "" },
  countdown: { kind: "countdown", seconds: 0 },
  prompter: { kind: "prompter", text: "", speed: 0, size: 6 },
};

/** One line for each thing; none while the page says nothing. */
export function screenLines(onScreen: OnScreen | null | undefined): ScreenLine[] {
  const { message, countdown, prompter } = onScreen ?? {};
  const say = backstageTexts.onScreen;
  const lines: ScreenLine[] = [];
  if (message) {
    const { id, text, read_at: read } = message;
    const words = read ? say.read(timeOf(new Date(read)), text) : say.message(text);
    lines.push({ kind: "message", id, words, isOver: Boolean(read) });
  }
  if (countdown) {
    const words = say.countdown(timeOf(new Date(countdown.ends_at), "medium"));
    lines.push({ kind: "countdown", id: countdown.id, words, isOver: false });
  }
  if (prompter) lines.push({ kind: "prompter", id: prompter.id, words: say.prompter, isOver: false });
  return lines;
}
