/** What people call a source or a scene: by the seat and whoever sits there, as their tile does. */

import type { SceneView, SourceView } from "../client/types";
import type { Desk } from "./desk";
import { labelOf, type Mixing, SCREEN } from "./mixing";

/** Guests' names by their seats. */
type People = Mixing["people"];

/** Who sits where; who is away for a moment has a seat too. */
const peopleOf = (desk: Desk | null): People =>
  new Map(
    [...(desk?.guests.values() ?? [])].flatMap(({ state, seat, name }) =>
      state === "seated" && seat !== null ? [[seat, name] as const] : [],
    ),
  );

/** The mixing with who sits where now; the same where that is as before. */
export function withPeople(mixing: Mixing, desk: Desk | null): Mixing {
  const [now, before] = [peopleOf(desk), mixing.people];
  const isSame = now.size === before.size && [...now].every(([seat, name]) => before.get(seat) === name);
  return isSame ? mixing : { ...mixing, people: now };
}

/** Whoever comes by a source, with the camera or a shared screen; nobody where its label says so already. */
export function personOf(people: People, source: Pick<SourceView, "id" | "label">): string | null {
  const person = people.get(source.id.replace(SCREEN, "")) ?? null;
  return person === labelOf(source) ? null : person;
}

const joined = (...parts: (string | null)[]): string => parts.filter(Boolean).join(" · ");

/** A source's label, and who comes by it. */
export const nameOfSource = (people: People, source: Pick<SourceView, "id" | "label">): string =>
  joined(labelOf(source), personOf(people, source));

type Scene = Pick<SceneView, "id" | "label" | "slots">;

/** Whom a scene shows, once each; whom its label names already is left out. */
export function peopleIn(people: People, scene: Scene): string {
  const shown = scene.slots.flatMap(({ source }) => people.get(source.replace(SCREEN, "")) ?? []);
  return [...new Set(shown)].filter((name) => name !== labelOf(scene)).join(", ");
}

/** A scene's label, and whom it shows. */
export const nameOfScene = (people: People, scene: Scene): string =>
  joined(labelOf(scene), peopleIn(people, scene));
