import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { scenesApi } from "../../client/scenes";
import { Thumbnails } from "../../client/thumbnails";
import type { CanvasSize, SceneView } from "../../client/types";
import { Commands } from "../../state/commands";
import { Console } from "../../state/console";
import { type Mixing, NOTHING } from "../../state/mixing";
import { mixer, scene } from "../../state/samples";
import { withNewSlot } from "../../state/scene-draft";
import { SceneSheet } from "./SceneSheet";

const TALL: CanvasSize = { width: 720, height: 1280 };
const SCENE: SceneView = withNewSlot(scene(), "guest1");

function opened(second: CanvasSize | null) {
  const sources = ["guest1", "guest2", "card"].map((id) => ({ id, label: id, color: "#808080" }));
  const board = { scenes: [SCENE], sources, tags: { scenes: {} } };
  const mixing = signal({ ...NOTHING, mixer: mixer(), board, second } as unknown as Mixing);
  const nothing = (): void => undefined;
  render(
    <SceneSheet
      found={{ scene: SCENE, tag: null }}
      console={new Console(mixing, new Commands())}
      thumbnails={new Thumbnails()}
      onOther={nothing}
      onRemoved={nothing}
      onClose={nothing}
    />,
  );
  return { mixing };
}

const press = (name: string): Promise<void> =>
  act(() => {
    fireEvent.click(screen.getByRole("button", { name }));
  });
const choose = (name: string): Promise<void> =>
  act(() => {
    fireEvent.click(screen.getByRole("radio", { name }));
  });
const slots = (): (string | null)[] =>
  screen.queryAllByRole("button", { name: /from the left/ }).map((slot) => slot.getAttribute("aria-label"));

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("SceneSheet", () => {
  it("says nothing of a second canvas where there is none", async () => {
    opened(null);
    expect([screen.queryAllByRole("radio"), screen.queryAllByText(/canvas/i)]).toEqual([[], []]);
    expect(slots()).toHaveLength(1);
  });

  it("leaves the second canvas to the mixer until it is arranged by hand, and after that again", async () => {
    const save = vi.spyOn(scenesApi, "save").mockImplementation(async (scene) => ({ scene, tag: null }));
    opened(TALL);
    await choose("Second canvas");
    expect([slots(), screen.queryByText("Add a picture")]).toEqual([[], null]);
    screen.getByText("Automatic");
    await press("Arrange by hand");
    expect(slots()).toEqual(["guest1: 0 % from the left, 0 % from the top, 100 % wide, 100 % high"]);
    await press("Save");
    await vi.waitFor(() => expect(save.mock.lastCall?.[0].second).toHaveLength(1));
    expect(save.mock.lastCall?.[0].slots).toEqual(SCENE.slots);
    await choose("Program");
    expect(slots()[0]).toContain("25 % from the left");
    await choose("Second canvas");
    await press("Back to automatic");
    expect(slots()).toEqual([]);
    await press("Undo");
    expect(slots()).toHaveLength(1);
  });

  it("sets how a source is heard in the scene", async () => {
    const save = vi.spyOn(scenesApi, "save").mockImplementation(async (scene) => ({ scene, tag: null }));
    opened(null);
    await press("Set");
    await press("Save");
    await vi.waitFor(() =>
      expect(save.mock.lastCall?.[0].audio).toEqual([{ source: "guest1", follow: "open", gain_db: 0 }]),
    );
    await press("guest1 as its strip says");
    expect(screen.queryByRole("group", { name: "guest1" })).toBeNull();
  });

  it("sets what a slot shows while its source is gone, and never its own source", async () => {
    const save = vi.spyOn(scenesApi, "save").mockImplementation(async (scene) => ({ scene, tag: null }));
    opened(null);
    const pick = (name: string, value: string): Promise<void> =>
      act(() => {
        fireEvent.change(screen.getByLabelText(name), { target: { value } });
      });
    const instead = screen.getByLabelText("When it is gone, show") as HTMLSelectElement;
    expect([...instead.options].map(({ value }) => value)).toEqual(["", "guest2", "card"]);
    await pick("When it is gone, show", "card");
    await press("Save");
    await vi.waitFor(() => expect(save.mock.lastCall?.[0].slots[0]?.if_gone).toBe("card"));
    await pick("Source", "card");
    expect(instead.value).toBe("");
    await pick("When it is gone, show", "guest2");
    await pick("When it is gone, show", "");
    await press("Save");
    await vi.waitFor(() =>
      expect(save.mock.lastCall?.[0].slots[0]).toMatchObject({ source: "card", if_gone: null }),
    );
  });

  it("keeps each of what is set of a border and of a crop in one go", async () => {
    const save = vi.spyOn(scenesApi, "save").mockImplementation(async (scene) => ({ scene, tag: null }));
    opened(null);
    await act(() => {
      for (const [name, value] of [
        ["Border (%)", "2"],
        ["Colour of the border", "#ff0000"],
        ["Right (%)", "10"],
        ["Below (%)", "20"],
      ] as const) {
        fireEvent.change(screen.getByLabelText(name), { target: { value } });
      }
    });
    await press("Save");
    await vi.waitFor(() =>
      expect(save.mock.lastCall?.[0].slots[0]).toMatchObject({
        border: { width: 0.02, color: "#ff0000" },
        crop: { left: 0, top: 0, right: 0.1, bottom: 0.2 },
      }),
    );
  });

  it("turns back to program when the second canvas goes, and stays while the mixer is away", async () => {
    const { mixing } = opened(TALL);
    await choose("Second canvas");
    await act(() => {
      mixing.value = { ...mixing.value, mixer: null };
    });
    expect(slots()).toEqual([]);
    await act(() => {
      mixing.value = { ...mixing.value, second: null };
    });
    await vi.waitFor(() => expect(slots()).toHaveLength(1));
    expect(screen.queryAllByRole("radio")).toEqual([]);
  });
});
