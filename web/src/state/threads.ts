/** With whom operators can speak in the chat, and with whom they have. */

import type { ChatMessage, GuestView } from "../client/types";
import { backstageTexts as say } from "../texts.backstage";
import type { Desk } from "./desk";

/** Whether something can be said to a guest. */
export const isHere = ({ state }: GuestView): boolean =>
  state === "lobby" || state === "seated" || state === "checking";

/**
 * Names by guest: of each who is here, of those with whom something was said, and of the one whose thread is open.
 *
 * @param chosen Whose thread is open; null where it is everyone's.
 */
export function threadsOf(
  { guests }: Pick<Desk, "guests">,
  messages: readonly ChatMessage[],
  chosen: string | null,
): ReadonlyMap<string, string> {
  const names = new Map([...guests.values()].filter(isHere).map(({ id, name }) => [id, name]));
  for (const { guest, name, sender } of messages)
    if (guest !== null && !names.has(guest)) names.set(guest, sender === null ? say.unknownGuest : name);
  if (chosen !== null && !names.has(chosen)) names.set(chosen, say.unknownGuest);
  return names;
}
