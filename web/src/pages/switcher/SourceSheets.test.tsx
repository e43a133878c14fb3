import { signal } from "@preact/signals";
import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sourcesApi } from "../../client/library";
import { Thumbnails } from "../../client/thumbnails";
import type { SourceView } from "../../client/types";
import { Commands } from "../../state/commands";
import { Console } from "../../state/console";
import { sourceOf } from "../../state/library";
import { type Mixing, NOTHING } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { FramingButton } from "./FramingButton";
import { SourceKey } from "./SourceKey";
import { SourceSheets } from "./SourceSheets";

const LOGO = {
  ...sourceOf({ id: "logo.png", kind: "still" } as Parameters<typeof sourceOf>[0]),
  id: "logo",
  label: "Logo",
  key: null,
  clip: null,
} as SourceView;

const mixingOf = (...sources: SourceView[]): Mixing =>
  ({ ...NOTHING, board: { sources, tags: { sources: { logo: "one" } } } }) as unknown as Mixing;

/** A page with a row for the source, as long as there is one. */
function page() {
  const mixing = signal(mixingOf(LOGO));
  const console = new Console(mixing, new Commands());
  const library = { list: signal({ media: [{ id: "back-soon.png", kind: "still" }] }) };
  const operator = { console, thumbnails: new Thumbnails(), library } as unknown as Operator;
  render(
    <main>
      <FramingButton source="logo" console={console} />
      <SourceKey source="logo" name="Logo" console={console} />
      <SourceSheets operator={operator} />
    </main>,
  );
  return { mixing };
}

const named = (name: string): HTMLElement => screen.getByRole("button", { name });

const pressEscape = (): boolean =>
  screen.getByRole("dialog").dispatchEvent(new Event("cancel", { cancelable: true }));

afterEach(cleanup);

describe("a sheet about a source", () => {
  it.each(["Picture of Logo", "Key of Logo"])("stays when its row goes, and says why: %s", async (name) => {
    const { mixing } = page();
    fireEvent.click(named(name));
    await vi.waitFor(() => screen.getByRole("dialog", { name }));
    mixing.value = mixingOf();
    await vi.waitFor(() =>
      expect(screen.getByRole("alert").textContent).toBe("Somebody else has removed this source."),
    );
    expect(screen.queryByRole("button", { name })).toBeNull();
    expect(screen.getByRole("dialog", { name })).toBeTruthy();
  });

  it.each([
    [
      "Picture of Logo",
      () => fireEvent.change(screen.getByLabelText("Enlarged (times)"), { target: { value: "2" } }),
    ],
    [
      "Key of Logo",
      () => fireEvent.change(screen.getByLabelText("What is see-through"), { target: { value: "luma" } }),
    ],
  ])("asks before it closes over what was changed, and of nothing else: %s", async (name, change) => {
    page();
    fireEvent.click(named(name));
    await vi.waitFor(() => screen.getByRole("dialog", { name }));
    expect(pressEscape()).toBe(true);
    change();
    expect(pressEscape()).toBe(false);
    await vi.waitFor(() => expect(document.activeElement).toBe(named("Back")));
    fireEvent.click(named("Back"));
    await vi.waitFor(() => expect(screen.queryByText("Close without saving?")).toBeNull());
    expect(pressEscape()).toBe(false);
    await vi.waitFor(() => fireEvent.click(named("Close without saving")));
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("gives a source a still for a slate", async () => {
    const save = vi.spyOn(sourcesApi, "save").mockResolvedValue({});
    page();
    fireEvent.click(named("Picture of Logo"));
    const slate = await vi.waitFor(() => screen.getByLabelText("Shown when no picture comes"));
    fireEvent.change(slate, { target: { value: "back-soon.png" } });
    fireEvent.click(await vi.waitFor(() => named("Save")));
    await vi.waitFor(() => expect(save).toHaveBeenCalledWith({ ...LOGO, slate: "back-soon.png" }, "one"));
  });
});
