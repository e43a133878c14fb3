import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import { sourcesApi } from "../../client/library";
import type { SourceView } from "../../client/types";
import { Commands } from "../../state/commands";
import type { Operator } from "../../state/operator";
import { AddSlate } from "./AddSlate";

const MEDIA = {
  media: ["soon.png", "intro.mp4"].map((id) => ({ id, kind: id === "soon.png" ? "still" : "clip" })),
};

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it("makes a slate of words, a colour and a still", async () => {
  const make = vi.spyOn(sourcesApi, "make").mockResolvedValue({ source: {} as SourceView });
  const library = { list: signal(MEDIA), load: () => Promise.resolve() };
  const operator = { commands: new Commands(), library } as unknown as Operator;
  const close = vi.fn();
  render(<AddSlate operator={operator} onClose={close} />);
  const add = screen.getByRole("button", { name: "Add" }) as HTMLButtonElement;
  expect(add.disabled).toBe(true);
  const choices = [...(screen.getByLabelText("Still") as HTMLSelectElement).options].map(
    ({ value }) => value,
  );
  expect(choices).toEqual(["", "soon.png"]);
  await act(() => {
    fireEvent.input(screen.getByLabelText("Text"), { target: { value: " Back at eight " } });
    fireEvent.change(screen.getByLabelText("Colour"), { target: { value: "#2060a0" } });
    fireEvent.change(screen.getByLabelText("Still"), { target: { value: "soon.png" } });
  });
  await act(() => {
    fireEvent.click(add);
  });
  expect(make.mock.lastCall?.[0]).toMatchObject({
    kind: "slate",
    label: "Back at eight",
    color: "#2060a0",
    slate: "soon.png",
    url: "",
  });
  await waitFor(() => expect(close).toHaveBeenCalled());
});
