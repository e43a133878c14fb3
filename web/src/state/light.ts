/** What a guest is told of being on air. */

import type { GuestView } from "../client/types";

/** As the tally; `heard`: an open microphone in program, without the picture. */
export type Light = GuestView["tally"] | "heard";

/** What counts most: whoever is heard has to know it, seen or not. */
export const lightOf = ({ tally, heard }: Pick<GuestView, "tally" | "heard">): Light =>
  heard && tally !== "program" ? "heard" : tally;

/** The audience sees or hears the guest. */
export const isOnAir = (guest: Pick<GuestView, "tally" | "heard">): boolean =>
  guest.tally === "program" || guest.heard;
