/** What the operator's page knows: only what control has said. */

import type { CarrierKind, DeskEvent, GuestView, HealthView, SeatView } from "../client/types";

export interface Desk {
  guests: ReadonlyMap<string, GuestView>;
  seats: readonly SeatView[];
  health: HealthView;
  /** Those by which guests can come. */
  carriers: readonly CarrierKind[];
}

/** The desk after an event; before the first snapshot there is none. */
export function heard(desk: Desk | null, event: DeskEvent): Desk | null {
  if (event.type === "snapshot") {
    const { guests, seats, health, carriers } = event.data;
    return { guests: new Map(guests.map((guest) => [guest.id, guest])), seats, health, carriers };
  }
  if (desk === null) return null;
  switch (event.type) {
    case "guest":
      return { ...desk, guests: new Map(desk.guests).set(event.data.id, event.data) };
    case "guest_gone": {
      const guests = new Map(desk.guests);
      guests.delete(event.data.id);
      return { ...desk, guests };
    }
    case "seats":
      return { ...desk, seats: event.data };
    case "health":
      return { ...desk, health: event.data };
    default:
      // A newer control may tell more than this page knows of.
      return desk;
  }
}

/** Who waits: in the lobby, or at the door with the page open; those who are away come last. */
export const lobbyOf = (desk: Desk): GuestView[] =>
  [...desk.guests.values()]
    .filter(({ state }) => state === "lobby" || state === "checking")
    .sort((a, b) => Number(a.away) - Number(b.away));

/** Test guests who were asked for and are not here yet. */
export const comingOf = (desk: Desk): GuestView[] =>
  [...desk.guests.values()].filter(({ synthetic, state }) => synthetic && state === "invited");

/** Who has a seat, whether here or away; nobody until seat and guest say the same. */
export function guestIn(desk: Desk, seat: SeatView): GuestView | null {
  const guest = seat.guest === null ? undefined : desk.guests.get(seat.guest);
  return guest?.state === "seated" && guest.seat === seat.name ? guest : null;
}

export const freeSeats = (desk: Desk): SeatView[] => desk.seats.filter(({ guest }) => guest === null);
