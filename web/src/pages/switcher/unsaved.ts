import type { Operator } from "../../state/operator";

const OPEN = "dialog[open], .drawer";
/** A guest who is listened to on their tile. */
const HEARD = ".tile-listen.button-active";
const FIELD = "input, textarea, select, [contenteditable]";

/** Something is being written, or edited in a sheet. */
const isWriting = (): boolean =>
  document.querySelector(OPEN) !== null || (document.activeElement?.matches(FIELD) ?? false);

/** Speaking or listening: neither comes back by itself. */
const isTalking = ({ talkback, listening }: Operator): boolean =>
  talkback.held.peek() !== null || listening.to.peek() !== null || document.querySelector(HEARD) !== null;

/** Whether a reload would take something from the operator: words, work, a question that is open, what is on its way. */
export function hasUnsaved(operator: Operator): boolean {
  const { commands, console, library, chat } = operator;
  const isUnderWay = commands.pending.peek().size > 0 || library.uploads.peek().length > 0;
  const isUnread = commands.errors.peek().length > 0 || console.deleted.kept.peek().length > 0;
  return isWriting() || isTalking(operator) || isUnderWay || isUnread || chat.hasDraft;
}
