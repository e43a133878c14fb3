import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, deskApi } from "../../client/api";
import { backstageApi } from "../../client/backstage";
import type { GuestView } from "../../client/types";
import { Asks } from "../../state/asks";
import { Commands } from "../../state/commands";
import type { Desk } from "../../state/desk";
import type { GuestSheet, Operator } from "../../state/operator";
import { command, guest } from "../../state/samples";
import { ServerClock } from "../../state/server-clock";
import { GuestSheets } from "./GuestSheets";

const ada = guest({ state: "seated", seat: "guest1" });

/** An operator's page with these guests, on which a sheet about Ada is open. */
function opened(sheet: GuestSheet) {
  const deskOf = (...guests: GuestView[]): Desk =>
    ({ guests: new Map(guests.map((each) => [each.id, each])) }) as Partial<Desk> as Desk;
  const desk = signal<Desk | null>(deskOf(ada));
  const guestSheet = signal<GuestSheet | null>(sheet);
  const parts = { desk, guestSheet, asks: new Asks(), commands: new Commands(), clock: new ServerClock() };
  const { getByRole, getByLabelText, getAllByText, queryByRole, queryByText } = render(
    <GuestSheets operator={parts as Partial<Operator> as Operator} />,
  );
  const become = (...guests: GuestView[]): Promise<void> =>
    act(() => {
      desk.value = deskOf(...guests);
    });
  return { getByRole, getByLabelText, getAllByText, queryByRole, queryByText, become };
}

const textOf = (element: Element | null): string => element?.textContent ?? "";

afterEach(cleanup);

describe("a sheet about a guest", () => {
  it("stays with what is typed when the guest is moved, and says so when they leave", async () => {
    const { getByRole, getByLabelText, queryByRole, become } = opened({ of: "screen", guest: ada });
    const field = getByLabelText("Message") as HTMLInputElement;
    await act(() => {
      field.value = "You are next";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const send = getByRole("button", { name: "Send" });
    await become({ ...ada, state: "lobby", seat: null });
    expect([field.isConnected, send.getAttribute("aria-disabled"), queryByRole("alert")]).toEqual([
      true,
      "false",
      null,
    ]);
    await become(guest({ id: "g2", name: "Bob", state: "seated", seat: "guest1" }));
    expect([field.isConnected, field.value, send.getAttribute("aria-disabled")]).toEqual([
      true,
      "You are next",
      "true",
    ]);
    expect(textOf(getByRole("alert"))).toContain("Ada has left");
    expect(textOf(getByRole("heading"))).toContain("Ada");
  });

  it("says nothing of the screen of who has left, though nobody has said that it is empty", async () => {
    const on_screen = { message: null, countdown: null, prompter: { id: "c1" } };
    const { queryByText, become } = opened({ of: "screen", guest: ada });
    await become({ ...ada, on_screen });
    expect(queryByText(/a text to read/)).not.toBeNull();
    await become();
    expect(queryByText(/a text to read/)).toBeNull();
  });

  it.each([
    ["Message", "message.text", "Send"],
    ["Countdown (s)", "countdown.seconds", "Start the countdown"],
    ["Text to read", "prompter.text", "Show the text"],
    ["Speed (words a minute)", "prompter.speed", "Show the text"],
  ])("says at the field why %s is refused, until something else is sent", async (label, field, button) => {
    const refused = new ApiError(422, "invalid", `body.${field}: cannot be`);
    refused.fields = [{ at: `body.${field}`, message: "cannot be", rule: "", values: {} }];
    const asked = vi.spyOn(backstageApi, "command").mockRejectedValueOnce(refused);
    const { getByLabelText, getByRole, getAllByText, queryByText } = opened({ of: "screen", guest: ada });
    for (const text of ["Message", "Text to read"])
      fireEvent.input(getByLabelText(text), { target: { value: "Hello" } });
    const at = getByLabelText(label);
    expect(at.getAttribute("aria-invalid")).toBeNull();
    const send = getByRole("button", { name: button });
    fireEvent.submit(send.closest("form") as HTMLFormElement);
    await vi.waitFor(() => expect(at.getAttribute("aria-invalid")).toBe("true"));
    expect(getAllByText(/cannot be/).map(({ id }) => id)).toEqual([at.getAttribute("aria-describedby")]);
    asked.mockResolvedValueOnce(command());
    fireEvent.submit(send.closest("form") as HTMLFormElement);
    await vi.waitFor(() => expect(queryByText(/cannot be/)).toBeNull());
  });

  it("keeps a name that is being typed when it is told anew", async () => {
    const { getByRole, getByLabelText, become } = opened({ of: "rename", guest: ada });
    const field = getByLabelText("Name") as HTMLInputElement;
    await act(() => {
      field.value = "Ada L";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await become({ ...ada, mic: "off" });
    expect([field.isConnected, field.value]).toEqual([true, "Ada L"]);
    await become();
    expect(getByRole("button", { name: "Save" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("sends nobody off air to the lobby before it is answered, and says so while they are", async () => {
    const held = vi.spyOn(deskApi, "hold").mockResolvedValue(ada);
    const { getByRole, queryByText, queryByRole, become } = opened({ of: "hold", guest: ada });
    await become({ ...ada, tally: "program" });
    expect([queryByText(/on air/) !== null, held.mock.calls]).toEqual([true, []]);
    await become(ada);
    expect(queryByText(/on air/)).toBeNull();
    fireEvent.click(getByRole("button", { name: "To lobby" }));
    await vi.waitFor(() => expect(queryByRole("dialog")).toBeNull());
    expect(held.mock.calls).toEqual([["g1"]]);
  });

  it("restarts nothing that somebody watches before it is answered, and then what was asked for", async () => {
    const restart = vi.spyOn(deskApi, "restartRelay").mockResolvedValue(ada);
    const { getByRole, queryByText, queryByRole, become } = opened({ of: "restart", guest: ada, what: null });
    await become({ ...ada, tally: "program" });
    expect([queryByText(/are on air/) !== null, restart.mock.calls]).toEqual([true, []]);
    await become({ ...ada, tally: "unknown" });
    expect(queryByText(/may be on air/)).not.toBeNull();
    await become(ada);
    expect(queryByText(/on air/)).toBeNull();
    fireEvent.click(getByRole("button", { name: "Restart" }));
    await vi.waitFor(() => expect(queryByRole("dialog")).toBeNull());
    expect(restart.mock.calls).toEqual([["g1", null]]);
  });

  it("switches the carrier that was asked for, wherever the guest is meanwhile, and none of who has left", async () => {
    const carrier = vi.spyOn(deskApi, "carrier").mockResolvedValue(ada);
    const { getByRole, queryByRole, become } = opened({ of: "carrier", to: "cloudflare", guest: ada });
    await become({ ...ada, state: "lobby", seat: null });
    await become();
    const go = getByRole("button", { name: "Switch" });
    fireEvent.click(go);
    expect([go.getAttribute("aria-disabled"), carrier.mock.calls]).toEqual(["true", []]);
    await become(ada);
    fireEvent.click(go);
    await vi.waitFor(() => expect(queryByRole("dialog")).toBeNull());
    expect(carrier.mock.calls).toEqual([["g1", "cloudflare"]]);
  });
});
