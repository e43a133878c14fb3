/** Who is heard while they are spoken to. */

import { pathOf } from "../client/paths";
import { type Addressee, ALL } from "../client/talkback";
import type { GuestView } from "../client/types";
import type { Desk } from "./desk";
import type { Mixing } from "./mixing";

/** Control refuses a monitor whole for one source that nobody may listen to. */
const HEARD: readonly GuestView["state"][] = ["lobby", "seated"];

/** The sources in which whoever is spoken to answers; none where another program mixes, which has no monitors. */
export function answersOf(to: Addressee, desk: Desk | null, { board }: Mixing): string[] {
  if (board === null) return [];
  return [...(desk?.guests.values() ?? [])]
    .filter(({ id, state }) => (to === ALL || id === to) && HEARD.includes(state))
    .map(pathOf);
}
