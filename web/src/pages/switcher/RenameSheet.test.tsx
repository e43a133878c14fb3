import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, waitFor } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, deskApi } from "../../client/api";
import type { GuestView } from "../../client/types";
import type { GuestSheet, Operator } from "../../state/operator";
import { guest } from "../../state/samples";
import { GuestSheets } from "./GuestSheets";

/** The desk with a guest whose name is to be changed. */
function renaming() {
  const ada = guest({ id: "a", name: "Ada" });
  const guestSheet = signal<GuestSheet | null>({ of: "rename", guest: ada });
  const desk = signal({ guests: new Map([["a", ada]]) });
  const operator = { desk, guestSheet } as unknown as Operator;
  const shown = render(<GuestSheets operator={operator} />);
  return { ada, desk, guestSheet, ...shown };
}

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("RenameSheet", () => {
  it("keeps what was typed, with the reason at the field, until control takes it", async () => {
    const refused = new ApiError(422, "invalid", "the body is refused");
    refused.fields = [{ at: "body.name", message: "has a character that cannot be", rule: "", values: {} }];
    const rename = vi.spyOn(deskApi, "rename").mockRejectedValueOnce(refused);
    const { guestSheet, getByLabelText, getByText, container } = renaming();
    const field = getByLabelText("Name") as HTMLInputElement;
    expect(field.maxLength).toBe(80);
    fireEvent.input(field, { target: { value: "Ada\u0007" } });
    fireEvent.submit(container.querySelector("form") as HTMLFormElement);
    await waitFor(() => expect(getByText("has a character that cannot be")).toBeTruthy());
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect([field.value, guestSheet.value?.of]).toEqual(["Ada\u0007", "rename"]);
    rename.mockResolvedValueOnce({} as GuestView);
    fireEvent.submit(container.querySelector("form") as HTMLFormElement);
    await waitFor(() => expect(guestSheet.value).toBeNull());
  });

  it("says who they were named meanwhile, and then puts its own name in the place of that", async () => {
    const overtaken = new ApiError(412, "overtaken", "a was changed meanwhile");
    const rename = vi.spyOn(deskApi, "rename").mockRejectedValueOnce(overtaken);
    const { ada, desk, guestSheet, getByLabelText, getByText, queryByText, container } = renaming();
    fireEvent.input(getByLabelText("Name"), { target: { value: "Ada L" } });
    const save = (): boolean => fireEvent.submit(container.querySelector("form") as HTMLFormElement);
    save();
    await waitFor(() => expect(getByText(/has changed it meanwhile/)).toBeTruthy());
    expect(queryByText(/has named them/)).toBeNull();
    const theirs = { ...ada, name: "Lady Ada", tag: "of Lady Ada" };
    await act(() => {
      desk.value = { guests: new Map([["a", theirs]]) };
    });
    expect(getByText(/^Somebody else has named them Lady Ada meanwhile/)).toBeTruthy();
    expect((getByLabelText("Name") as HTMLInputElement).value).toBe("Ada L");
    rename.mockResolvedValueOnce({} as GuestView);
    save();
    await waitFor(() => expect(guestSheet.value).toBeNull());
    expect(rename.mock.calls).toEqual([
      [ada, "Ada L"],
      [theirs, "Ada L"],
    ]);
  });

  it("says that a name is missing", () => {
    const { getByLabelText, getByText } = renaming();
    fireEvent.input(getByLabelText("Name"), { target: { value: "  " } });
    expect(getByText("A name is needed")).toBeTruthy();
  });
});
