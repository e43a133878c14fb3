import { describe, expect, it } from "vitest";
import type { DeskEvent, SeatView } from "../client/types";
import { comingOf, type Desk, freeSeats, guestIn, heard, lobbyOf } from "./desk";
import { guest } from "./samples";

const seat = (name: string, of: string | null): SeatView => ({
  name,
  label: name,
  color: "#fff",
  guest: of,
  held_for_ms: null,
  outside: null,
});

const SNAPSHOT: DeskEvent = {
  seq: 1,
  type: "snapshot",
  data: {
    guests: [guest({ id: "a", state: "seated", seat: "guest1" }), guest({ id: "b" })],
    seats: [seat("guest1", "a"), seat("guest2", null)],
    health: { status: "ok", parts: {}, warnings: [] },
    carriers: ["builtin", "cloudflare"],
    mixer: null,
    board: null,
    recording: null,
    commands: [],
    chat: 0,
    incidents: [],
    build: "",
    invites: 0,
  },
};

const desk = (...events: DeskEvent[]): Desk =>
  [SNAPSHOT, ...events].reduce(heard, null as Desk | null) as Desk;

describe("heard", () => {
  it("knows nothing before a snapshot", () => {
    expect(heard(null, { seq: 2, type: "guest", data: guest() })).toBeNull();
  });

  it("passes over what a newer server tells more", () => {
    const before = desk();
    expect(heard(before, { seq: 2, type: "weather", data: {} } as unknown as DeskEvent)).toBe(before);
  });

  it("replaces one guest and leaves the others as they are", () => {
    const before = desk();
    const after = heard(before, { seq: 2, type: "guest", data: guest({ id: "b", name: "Bo" }) }) as Desk;
    expect(after.guests.get("b")?.name).toBe("Bo");
    expect(after.guests.get("a")).toBe(before.guests.get("a"));
    expect(before.guests.get("b")?.name).toBe("Ada");
  });

  it("forgets a guest who is gone", () => {
    expect([...desk({ seq: 2, type: "guest_gone", data: { id: "a" } }).guests.keys()]).toEqual(["b"]);
  });

  it("takes seats and health whole, and starts over with each snapshot", () => {
    const changed = desk(
      { seq: 2, type: "seats", data: [seat("guest1", null)] },
      { seq: 3, type: "health", data: { status: "critical", parts: {}, warnings: [] } },
    );
    expect(changed.seats).toHaveLength(1);
    expect(changed.health.status).toBe("critical");
    expect(heard(changed, SNAPSHOT)).toEqual(desk());
  });
});

describe("who is where", () => {
  it("tells a test guest who is on the way from others who were invited", () => {
    const now = desk(
      { seq: 2, type: "guest", data: guest({ id: "t", synthetic: true, state: "invited" }) },
      { seq: 3, type: "guest", data: guest({ id: "i", state: "invited" }) },
    );
    expect(comingOf(now).map(({ id }) => id)).toEqual(["t"]);
  });

  it("lists those who are away last", () => {
    const now = desk(
      { seq: 2, type: "guest", data: guest({ id: "b", away: true }) },
      { seq: 3, type: "guest", data: guest({ id: "c" }) },
    );
    expect(lobbyOf(now).map(({ id }) => id)).toEqual(["c", "b"]);
  });

  it("lists the lobby, the seated and the free seats", () => {
    const now = desk({ seq: 2, type: "guest", data: guest({ id: "c", state: "left" }) });
    expect(lobbyOf(now).map(({ id }) => id)).toEqual(["b"]);
    expect(freeSeats(now).map(({ name }) => name)).toEqual(["guest2"]);
    expect(guestIn(now, seat("guest1", "a"))?.id).toBe("a");
    expect(guestIn(now, seat("guest1", "nobody"))).toBeNull();
    expect(guestIn(now, seat("guest2", "b"))).toBeNull();
  });
});
