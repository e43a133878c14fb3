import { describe, expect, it } from "vitest";
import { ALL } from "../client/talkback";
import type { BoardView, GuestView, HealthView } from "../client/types";
import { answersOf } from "./answering";
import type { Desk } from "./desk";
import { NOTHING } from "./mixing";
import { guest } from "./samples";

const PEOPLE = [
  guest({ id: "g1", state: "seated", seat: "guest1" }),
  guest({ id: "g2", state: "lobby" }),
  guest({ id: "g3", state: "checking" }),
  guest({ id: "g4", state: "invited" }),
];
const GUESTS = new Map(PEOPLE.map((each): [string, GuestView] => [each.id, each]));
const DESK: Desk = { guests: GUESTS, seats: [], health: {} as HealthView, carriers: [] };
const MIXING = { ...NOTHING, board: {} as BoardView };

describe("who is heard while they are spoken to", () => {
  it("is everybody who is seated or in the lobby, and nobody at the door or on the way", () => {
    expect(answersOf(ALL, DESK, MIXING)).toEqual(["guest1", "lobby-g2"]);
  });

  it("is one guest alone", () => {
    expect(answersOf("g2", DESK, MIXING)).toEqual(["lobby-g2"]);
    expect(answersOf("g3", DESK, MIXING)).toEqual([]);
    expect(answersOf("g9", DESK, MIXING)).toEqual([]);
  });

  it("is nobody where another program mixes, or before there is a desk", () => {
    expect(answersOf(ALL, DESK, NOTHING)).toEqual([]);
    expect(answersOf(ALL, null, MIXING)).toEqual([]);
  });
});
