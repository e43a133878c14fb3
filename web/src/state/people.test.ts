import { expect, it } from "vitest";
import type { Desk } from "./desk";
import { type Mixing, NOTHING } from "./mixing";
import { nameOfScene, nameOfSource, withPeople } from "./people";
import { guest, scene } from "./samples";

const desk = (...guests: ReturnType<typeof guest>[]): Desk =>
  ({ guests: new Map(guests.map((each) => [each.id, each])) }) as Partial<Desk> as Desk;
const nora = guest({ id: "n", name: "Nora", state: "seated", seat: "guest1" });
const ben = guest({ id: "b", name: "Ben", state: "seated", seat: "guest2" });
const showing = (...sources: string[]) =>
  scene({ label: "Two Up", slots: sources.map((source) => ({ source })) as never });
const source = (id: string, label: string) => ({ id, label });

it("calls a seat's camera and screen by who sits there, and nothing else", () => {
  const { people } = withPeople(NOTHING, desk(nora, ben));
  const named = (id: string, label: string): string => nameOfSource(people, source(id, label));
  expect(named("guest1", "Studio")).toBe("Studio · Nora");
  expect(named("guest1-screen", "Studio: screen")).toBe("Studio: screen · Nora");
  expect(named("guest2", "Ben")).toBe("Ben");
  expect([named("guest3", ""), named("film", "Film")]).toEqual(["guest3", "Film"]);
});

it("calls a scene by whom it shows, once each", () => {
  const { people } = withPeople(NOTHING, desk(nora, ben));
  expect(nameOfScene(people, showing("guest2", "guest1", "guest1-screen", "film"))).toBe(
    "Two Up · Ben, Nora",
  );
  expect(nameOfScene(people, showing("guest3"))).toBe("Two Up");
  expect(nameOfScene(people, { ...showing("guest2", "guest1"), label: "Ben" })).toBe("Ben · Nora");
});

it("follows who comes, moves, is renamed and goes, and changes nothing of what is as before", () => {
  const steps = [desk(nora), desk({ ...nora, mic: "off" }), desk({ ...nora, seat: "guest2" })];
  steps.push(desk({ ...nora, name: "Eleonora" }), desk({ ...nora, state: "lobby" }), desk());
  let mixing: Mixing = NOTHING;
  const seen = steps.map((step) => {
    const before = mixing;
    mixing = withPeople(before, step);
    return mixing === before ? "the same" : [...mixing.people].join(" ");
  });
  expect(seen).toEqual(["guest1,Nora", "the same", "guest2,Nora", "guest1,Eleonora", "", "the same"]);
});
