/** What comes back to a guest from the studio: which path, and what is said of it. */

import type { LinkState } from "../client/lasting";
import type { Motion } from "../client/motion";
import { pathOf } from "../client/paths";
import type { GuestView } from "../client/types";
import { texts } from "../texts";

/** The path of a guest's return: by the seat, or in the lobby by the guest. */
export const returnPath = (guest: Pick<GuestView, "id" | "seat">): string => `return-${pathOf(guest)}`;

/** Which picture is shown: none where the guest has it off, the studio sends none, or the line is too bad. */
export type PictureState = "shown" | "off" | "none" | "sound_first";

export function pictureState(
  { return_picture }: Pick<GuestView, "return_picture">,
  wished: boolean,
  soundFirst: boolean,
): PictureState {
  if (return_picture === "none") return "none";
  if (!wished) return "off";
  return soundFirst ? "sound_first" : "shown";
}

/** Why there is sound alone; null where there is a picture. */
export function withoutPicture(state: PictureState): string | null {
  const { soundOnly, soundFirst, noPicture } = texts.guest.studio;
  return { shown: null, off: soundOnly, none: noPicture, sound_first: soundFirst }[state];
}

/** One sentence while nothing comes, or its picture does not come or stands still; null while all is well. */
export function studioSays(link: LinkState, flows: boolean, motion: Motion): string | null {
  const say = texts.guest.studio;
  switch (link.kind) {
    case "connected":
      if (!flows) return say.nothing;
      return motion === "still" || motion === "missing" ? say[motion] : null;
    case "connecting":
      return link.after === null ? say.opening : say.nothing;
    case "stopped":
      return say.opening;
    case "recovering":
    case "waiting":
    case "refused":
      return say.nothing;
  }
}
