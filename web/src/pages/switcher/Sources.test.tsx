import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import { sourcesApi } from "../../client/library";
import type { SourceStatus, SourceView } from "../../client/types";
import { Commands } from "../../state/commands";
import { Console } from "../../state/console";
import type { Mixing } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { mixer } from "../../state/samples";
import { Sources } from "./Sources";

const source = (id: string, kind: string, url = ""): SourceView =>
  ({ id, kind, url, label: "", playout_ms: null }) as SourceView;
const status = (id: string, change: Partial<SourceStatus>): SourceStatus =>
  ({ id, state: "live", reason: "", code: "", has_video: true, ...change }) as SourceStatus;

const SOURCES = [
  source("guest1", "guest"),
  source("intro", "url", "intro.mp4"),
  source("logo", "still", "logo.png"),
  source("stage", "url", "rtsp://camera.example/1"),
  source("far", "url", "rtsp://***@camera.example/2"),
  source("bars", "pattern"),
];

function page(tally: Record<string, "program"> = {}, stage: Partial<SourceStatus> = {}): Console {
  const measured = [
    status("stage", { width: 1280, height: 720, frame_rate: 25, playout_ms: 80, ...stage }),
    status("far", { state: "gone", code: "source_unreachable", reason: "nothing answers" }),
  ];
  const mixing = signal({
    mixer: mixer({ sources: measured, tally }),
    board: { sources: SOURCES, strips: {}, tags: { sources: { stage: "one", far: "two" } } },
    second: null,
  } as unknown as Mixing);
  const commands = new Commands();
  const console = new Console(mixing, commands);
  render(<Sources operator={{ mixing, commands, console } as unknown as Operator} />);
  return console;
}

const row = (name: string): HTMLElement => screen.getByRole("listitem", { name });
const press = (name: string): Promise<unknown> =>
  act(() => void fireEvent.click(screen.getByRole("button", { name })));

const remove = vi.spyOn(sourcesApi, "remove").mockResolvedValue({});

afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

it("lists what is neither a seat's nor media, with the mixer's word of each", () => {
  page({ stage: "program" });
  expect(screen.getAllByRole("listitem").map((each) => each.getAttribute("aria-label"))).toEqual([
    "stage",
    "far",
    "bars",
  ]);
  for (const word of ["ON AIR", "Live", "1280×720", "25 fps", "held back 80 ms", "rtsp://camera.example/1"])
    expect(within(row("stage")).getByText(word)).toBeTruthy();
  expect(row("far").textContent).toContain("Gone");
  expect(row("far").textContent).toContain("Nothing answers.");
  expect(row("bars").textContent).toContain("Test pattern");
});

it("says of a live source that its sound comes too late to be heard", () => {
  page({}, { code: "source_sound_late", reason: "its sound comes too late to be heard" });
  expect(row("stage").textContent).toContain("Live");
  expect(row("stage").textContent).toContain("Its sound comes too late to be heard.");
});

it("says of a live source that not all of it is recorded", () => {
  page({}, { code: "source_not_recorded", reason: "its recording is without vc1" });
  expect(row("stage").textContent).toContain("Its recording is without vc1.");
});

it("removes one off air at once, and keeps it for whoever presses Undo", async () => {
  const console = page();
  await press("Remove stage");
  await waitFor(() => expect(remove).toHaveBeenCalledWith("stage", "one"));
  await waitFor(() => expect(console.deleted.kept.value.map(({ name }) => name)).toEqual(["stage"]));
});

it.each([
  ["is on air", "stage", { stage: "program" } as const, "It is on air"],
  ["has a login that nobody here knows", "far", {}, "is forgotten"],
])("asks once before it removes one that %s", async (_, name, tally, words) => {
  page(tally);
  await press(`Remove ${name}`);
  const sheet = screen.getByRole("dialog", { name: `Remove ${name}?` });
  expect(sheet.textContent).toContain(words);
  expect(remove).not.toHaveBeenCalled();
  await act(() => void fireEvent.click(within(sheet).getByRole("button", { name: "Remove" })));
  await waitFor(() => expect(remove).toHaveBeenCalledOnce());
});

it("opens the sheet of one that is to be changed", async () => {
  const console = page();
  await press("Change stage");
  expect(console.sheet.value).toMatchObject({ of: "change", name: "stage" });
});
