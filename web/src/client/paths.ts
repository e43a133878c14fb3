/** The paths of guests at the hub, which are their sources' ids too. */

import type { GuestView } from "./types";

/** Where a guest's camera is published: at the seat, or in the lobby by the guest. */
export const pathOf = ({ id, seat }: Pick<GuestView, "id" | "seat">): string => seat ?? `lobby-${id}`;
