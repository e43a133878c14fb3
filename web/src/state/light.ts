/** What a guest is told of being on air. */

import type { GuestView } from "../client/types";

/** As the tally; `heard`: an open microphone in program, without the picture; `unheard`: the picture without it. */
export type Light = GuestView["tally"] | "heard" | "unheard";

/** What counts most: whoever is heard has to know it, seen or not, and who is seen whether they are heard. */
export function lightOf({ tally, heard }: Pick<GuestView, "tally" | "heard">): Light {
  // Where another program mixes nobody says who is heard.
  if (tally === "program") return heard === false ? "unheard" : "program";
  return heard ? "heard" : tally;
}

/** The audience sees or hears the guest. */
export const isOnAir = (guest: Pick<GuestView, "tally" | "heard">): boolean =>
  guest.tally === "program" || guest.heard === true;
