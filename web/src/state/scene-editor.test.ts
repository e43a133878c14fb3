import { effect, signal } from "@preact/signals";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import { scenesApi } from "../client/scenes";
import type { SceneView } from "../client/types";
import { type Mixing, NOTHING } from "./mixing";
import { withNewSlot } from "./scene-draft";
import { SceneEditor } from "./scene-editor";

const SCENE: SceneView = withNewSlot({ id: "two", label: "Two", background: "#000000", slots: [] }, "guest1");

function mixingOf(scenes: SceneView[], program: string): Mixing {
  const mixer = { program, preview: "", sources: [], tally: {} };
  return { ...NOTHING, mixer, board: { scenes, sources: [] } } as unknown as Mixing;
}

function edited(program = "other") {
  const mixing = signal(mixingOf([SCENE], program));
  const editor = new SceneEditor(SCENE, mixing);
  editor.change({ label: "Mine" });
  const save = vi.spyOn(scenesApi, "save").mockImplementation(async (scene) => ({ scene }));
  const get = vi.spyOn(scenesApi, "get").mockResolvedValue(SCENE);
  return { mixing, editor, save, get };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("SceneEditor", () => {
  it("keeps a scene that nobody sees without a question", async () => {
    const { editor } = edited();
    expect(editor.isDirty.value).toBe(true);
    expect(await editor.save()).toBe(true);
    expect(editor.isDirty.value).toBe(false);
  });

  it("asks once before what is on air changes", async () => {
    const { editor, save } = edited("two");
    expect(await editor.save()).toBe(false);
    expect(editor.question.value).toBe("on_air");
    expect(save).not.toHaveBeenCalled();
    expect(await editor.save({ onAir: true })).toBe(true);
    expect(editor.question.value).toBeNull();
  });

  it("loses nothing of what somebody else has saved meanwhile", async () => {
    const { mixing, editor, save, get } = edited("two");
    const theirs = { ...SCENE, label: "Theirs" };
    mixing.value = mixingOf([theirs], "two");
    get.mockResolvedValue(theirs);
    expect(editor.isOvertaken.value).toBe(true);
    expect(await editor.save()).toBe(false);
    expect(editor.question.value).toBe("changed");
    expect(await editor.save({ overwrite: true })).toBe(false);
    expect(editor.question.value).toBe("on_air");
    expect(await editor.save({ onAir: true })).toBe(true);
    expect(save).toHaveBeenCalledOnce();

    editor.change({ label: "Mine again" });
    editor.takeTheirs();
    expect(editor.draft.value.label).toBe("Theirs");
  });

  it("stays what was saved until that is told, and knows others' changes after it", async () => {
    const { mixing, editor, get } = edited();
    const stop = effect(() => editor.follow());
    const told = (label: string): void => {
      mixing.value = mixingOf([{ ...SCENE, label }], "other");
    };
    expect(await editor.save()).toBe(true);
    editor.change({ label: "Mine again" });
    get.mockResolvedValue({ ...SCENE, label: "Mine" });
    expect(await editor.save()).toBe(true);
    for (const label of ["Two", "Mine", "Mine again"]) {
      told(label);
      expect([editor.isOvertaken.value, editor.draft.value.label]).toEqual([false, "Mine again"]);
    }
    editor.change({ label: "Mine at last" });
    told("Two");
    expect(editor.isOvertaken.value).toBe(true);
    stop();
  });

  it("is there from when it was made, and gone once it was told and is no more", () => {
    const mixing = signal(mixingOf([], "other"));
    const editor = new SceneEditor(SCENE, mixing);
    const stop = effect(() => editor.follow());
    expect(editor.isOvertaken.value).toBe(false);
    mixing.value = mixingOf([SCENE], "other");
    mixing.value = mixingOf([], "other");
    expect([editor.isOvertaken.value, editor.theirs.value]).toEqual([true, null]);
    stop();
  });

  it("selects the next slot when one goes", () => {
    const { editor } = edited();
    editor.add("guest2");
    editor.add("guest3");
    editor.drop(1);
    expect(editor.selected.value).toBe(1);
    editor.drop(1);
    expect(editor.selected.value).toBe(0);
    editor.drop(0);
    expect(editor.selected.value).toBeNull();
  });

  it("shows the slot that is refused, and the reason at its field", async () => {
    const { editor, save } = edited();
    editor.add("guest2");
    editor.selected.value = 0;
    const refused = new ApiError(422, "invalid", "body.slots.1.width: too large");
    refused.fields = [{ at: "body.slots.1.width", message: "too large" }];
    save.mockRejectedValue(refused);
    expect(await editor.save()).toBe(false);
    expect(editor.selected.value).toBe(1);
    expect(editor.attempt.errors.value.get("slots.1.width")).toBe("too large");
  });
});
