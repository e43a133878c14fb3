import { signal } from "@preact/signals";
import { cleanup, render } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import { Commands } from "../../state/commands";
import type { GuestSheet, Operator } from "../../state/operator";
import { guest } from "../../state/samples";
import { GuestActions } from "./Actions";

function namesFor(synthetic: boolean): string[] {
  const parts = { commands: new Commands(), guestSheet: signal<GuestSheet | null>(null) };
  const { getAllByRole } = render(
    <GuestActions guest={guest({ synthetic })} operator={parts as Partial<Operator> as Operator} />,
  );
  return getAllByRole("button").map(({ textContent }) => textContent ?? "");
}

afterEach(cleanup);

describe("what can be done with a guest", () => {
  it("is to be sent to the lobby, renamed and removed", () => {
    expect(namesFor(false)).toEqual(["To lobby", "Rename", "Remove"]);
  });

  it("has no second way to have a test guest leave", () => {
    expect(namesFor(true)).toEqual(["To lobby", "Rename"]);
  });
});
