import { effect, signal } from "@preact/signals";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import { scenesApi } from "../client/scenes";
import type { SceneView } from "../client/types";
import { type Mixing, NOTHING } from "./mixing";
import { scene } from "./samples";
import { withNewSlot } from "./scene-draft";
import { SceneEditor } from "./scene-editor";

const EMPTY = scene();
const SCENE: SceneView = withNewSlot(EMPTY, "guest1");

/** As the server has it: the same scene has the same tag. */
const tagged = (scene: SceneView) => ({ scene, tag: `tag of ${scene.label}` });

function mixingOf(scenes: SceneView[], program: string): Mixing {
  const mixer = { program, preview: "", sources: [], tally: {} };
  const tags = { scenes: Object.fromEntries(scenes.map((scene) => [scene.id, tagged(scene).tag])) };
  return { ...NOTHING, mixer, board: { scenes, sources: [], tags } } as unknown as Mixing;
}

const overtaken = new ApiError(412, "overtaken", "two was changed meanwhile");

function edited(program = "other") {
  const mixing = signal(mixingOf([SCENE], program));
  const editor = new SceneEditor(tagged(SCENE), mixing);
  editor.change({ label: "Mine" });
  const save = vi.spyOn(scenesApi, "save").mockImplementation(async (scene) => tagged(scene));
  const get = vi.spyOn(scenesApi, "get").mockResolvedValue(tagged(SCENE));
  return { mixing, editor, save, get };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("SceneEditor", () => {
  it("keeps a scene that nobody sees without a question", async () => {
    const { editor, save } = edited();
    expect(editor.isDirty.value).toBe(true);
    expect(await editor.save()).toBe(true);
    expect(editor.isDirty.value).toBe(false);
    editor.change({ label: "Mine again" });
    expect(await editor.save()).toBe(true);
    expect(save.mock.calls.map(([, tag]) => tag)).toEqual(["tag of Two", "tag of Mine"]);
  });

  it("loses nothing of what is changed while it is being saved", async () => {
    const { editor, save } = edited();
    save.mockImplementationOnce(async (scene) => {
      editor.change({ label: "Mine, and more" });
      editor.add("guest2");
      return tagged(scene);
    });
    expect(await editor.save()).toBe(true);
    expect([editor.draft.value.label, editor.draft.value.slots.length]).toEqual(["Mine, and more", 2]);
    expect([editor.base.label, editor.isDirty.value, editor.selected.value]).toEqual(["Mine", true, 1]);
    expect(await editor.save()).toBe(true);
    expect(save.mock.lastCall?.[1]).toBe("tag of Mine");
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
    const { mixing, editor, save } = edited("two");
    const theirs = { ...SCENE, label: "Theirs" };
    mixing.value = mixingOf([theirs], "two");
    expect(editor.isOvertaken.value).toBe(true);
    expect(await editor.save()).toBe(false);
    expect(editor.question.value).toBe("changed");
    expect(await editor.save({ overwrite: true })).toBe(false);
    expect(editor.question.value).toBe("on_air");
    expect(await editor.save({ onAir: true })).toBe(true);
    expect(save).toHaveBeenCalledOnce();
    expect(save.mock.lastCall?.[1]).toBe("tag of Theirs");

    editor.change({ label: "Mine again" });
    editor.takeTheirs();
    expect(editor.draft.value.label).toBe("Theirs");
  });

  it("loses nothing of what control knows before this page has heard of it", async () => {
    const { mixing, editor, save, get } = edited("two");
    const stop = effect(() => editor.follow());
    const theirs = { ...SCENE, label: "Theirs" };
    save.mockRejectedValueOnce(overtaken);
    get.mockResolvedValueOnce(tagged(theirs));
    expect(await editor.save()).toBe(false);
    expect(await editor.save({ onAir: true })).toBe(false);
    expect([editor.question.value, editor.draft.value.label]).toEqual(["changed", "Mine"]);

    editor.takeTheirs();
    expect([editor.draft.value.label, editor.isDirty.value]).toEqual(["Theirs", false]);
    mixing.value = mixingOf([theirs], "two");
    mixing.value = mixingOf([{ ...SCENE, label: "Theirs again" }], "two");
    expect(editor.draft.value.label).toBe("Theirs again");
    stop();
  });

  it("puts mine in place of what was said to be theirs, and of nothing later", async () => {
    const { editor, save, get } = edited("two");
    for (const label of ["Theirs", "Theirs again"]) {
      save.mockRejectedValueOnce(overtaken);
      get.mockResolvedValueOnce(tagged({ ...SCENE, label }));
    }
    await editor.save();
    await editor.save({ onAir: true });
    expect(await editor.save({ overwrite: true })).toBe(false);
    expect(editor.question.value).toBe("changed");
    editor.ask(null);
    save.mockRejectedValueOnce(overtaken);
    get.mockRejectedValueOnce(new ApiError(404, "scene_unknown", "there is no scene two"));
    expect(await editor.save({ onAir: true })).toBe(false);
    expect(editor.question.value).toBe("gone");
    expect(await editor.save({ overwrite: true })).toBe(true);
    const tags = ["tag of Two", "tag of Theirs", "tag of Two", null];
    expect(save.mock.calls.map(([, tag]) => tag)).toEqual(tags);
  });

  it("stays what was saved until that is told, and knows others' changes after it", async () => {
    const { mixing, editor } = edited();
    const stop = effect(() => editor.follow());
    const told = (label: string): void => {
      mixing.value = mixingOf([{ ...SCENE, label }], "other");
    };
    expect(await editor.save()).toBe(true);
    editor.change({ label: "Mine again" });
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
    const editor = new SceneEditor(tagged(SCENE), mixing);
    const stop = effect(() => editor.follow());
    expect(editor.isOvertaken.value).toBe(false);
    mixing.value = mixingOf([SCENE], "other");
    mixing.value = mixingOf([], "other");
    expect([editor.isOvertaken.value, editor.theirs.value]).toEqual([true, null]);
    stop();
  });

  it("can be made anew where somebody else has deleted it, though nothing was changed here", async () => {
    const { mixing, editor, save } = edited();
    expect(await editor.save()).toBe(true);
    mixing.value = mixingOf([{ ...SCENE, label: "Mine" }], "other");
    editor.follow();
    expect(editor.canSave.value).toBe(false);
    mixing.value = mixingOf([], "other");
    expect([editor.isGone.value, editor.isDirty.value, editor.canSave.value]).toEqual([true, false, true]);
    expect(await editor.save()).toBe(false);
    expect(editor.question.value).toBe("gone");
    expect(await editor.save({ overwrite: true })).toBe(true);
    expect(save.mock.lastCall).toEqual([{ ...SCENE, label: "Mine" }, null]);
  });

  it("goes a step back, after saving too, but not behind what others have made", async () => {
    const { mixing, editor, save } = edited();
    await editor.save();
    editor.undo();
    expect([editor.draft.value.label, editor.isDirty.value]).toEqual(["Two", true]);
    expect(await editor.save()).toBe(true);
    expect(save.mock.lastCall?.[1]).toBe("tag of Mine");
    editor.ask("remove");
    editor.undo();
    expect(editor.draft.value.label).toBe("Two");
    editor.ask(null);
    mixing.value = mixingOf([{ ...SCENE, label: "Theirs" }], "other");
    editor.takeTheirs();
    editor.undo();
    editor.redo();
    expect(editor.draft.value.label).toBe("Theirs");
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
    refused.fields = [{ at: "body.slots.1.width", message: "too large", rule: "", values: {} }];
    save.mockRejectedValue(refused);
    expect(await editor.save()).toBe(false);
    expect(editor.selected.value).toBe(1);
    expect(editor.attempt.errors.value.get("slots.1.width")).toBe("too large");
  });

  it("turns to the second canvas where one of its slots is refused", async () => {
    const { editor, save } = edited();
    editor.arrange(withNewSlot(SCENE, "guest2").slots);
    const refused = new ApiError(422, "invalid", "body.second.1.width: too large");
    refused.fields = [{ at: "body.second.1.width", message: "too large", rule: "", values: {} }];
    save.mockRejectedValue(refused);
    expect(await editor.save()).toBe(false);
    expect([editor.canvas.value, editor.selected.value]).toEqual(["second", 1]);
  });

  it("makes a copy with what the scene has on both canvases", async () => {
    const { editor } = edited();
    const make = vi.spyOn(scenesApi, "make").mockResolvedValue(tagged(SCENE));
    editor.arrange(SCENE.slots);
    await editor.duplicate("Copy");
    const { background, slots } = SCENE;
    expect(make.mock.lastCall).toEqual([{ label: "Copy", background, slots, second: slots, audio: [] }]);
  });
});
