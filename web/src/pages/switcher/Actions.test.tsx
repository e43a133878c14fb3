import { signal } from "@preact/signals";
import { cleanup, render } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { deskApi } from "../../client/api";
import type { GuestView } from "../../client/types";
import { Commands } from "../../state/commands";
import type { GuestSheet, Operator } from "../../state/operator";
import { guest } from "../../state/samples";
import { GuestActions } from "./Actions";

function buttonsFor(change: Partial<GuestView>) {
  const parts = { commands: new Commands(), guestSheet: signal<GuestSheet | null>(null) };
  const { getAllByRole, getByRole } = render(
    <GuestActions guest={guest(change)} operator={parts as Partial<Operator> as Operator} />,
  );
  const names = (): string[] => getAllByRole("button").map(({ textContent }) => textContent ?? "");
  return { ...parts, names, toLobby: getByRole("button", { name: "To lobby" }) };
}

const namesFor = (synthetic: boolean): string[] => buttonsFor({ synthetic }).names();

afterEach(cleanup);

describe("what can be done with a guest", () => {
  it("is to be sent to the lobby, renamed and removed", () => {
    expect(namesFor(false)).toEqual(["To lobby", "Rename", "Remove"]);
  });

  it.each([
    [{}, null],
    [{ tally: "preview" }, null],
    [{ tally: "program" }, "hold"],
    [{ heard: true }, "hold"],
  ] as const)("is to be sent to the lobby at once, and after a question on air: %o", (change, asked) => {
    const held = vi.spyOn(deskApi, "hold").mockReset().mockResolvedValue(guest());
    const { guestSheet, toLobby } = buttonsFor(change);
    toLobby.click();
    expect([guestSheet.value?.of ?? null, held.mock.calls.length]).toEqual([asked, asked ? 0 : 1]);
  });

  it("has no second way to have a test guest leave", () => {
    expect(namesFor(true)).toEqual(["To lobby", "Rename"]);
  });
});
