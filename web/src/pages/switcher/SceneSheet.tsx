import { useComputed, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useCallback, useMemo } from "preact/hooks";
import type { TaggedScene } from "../../client/scenes";
import type { Thumbnails } from "../../client/thumbnails";
import type { SceneView } from "../../client/types";
import type { Console } from "../../state/console";
import { errorAt } from "../../state/field-errors";
import { labelOf } from "../../state/mixing";
import { nameOfSource } from "../../state/people";
import { SceneEditor } from "../../state/scene-editor";
import { sceneTexts as say } from "../../texts.scenes";
import { Dialog } from "../../ui/Dialog";
import { ColorField, type Option, Select, TextField } from "../../ui/Field";
import { FramingButton } from "./FramingButton";
import type { Painted } from "./SceneCanvas";
import { SceneEditorView } from "./SceneEditorView";
import { SceneFoot } from "./SceneFoot";
import { SceneSounds } from "./SceneSounds";
import { SlotFields } from "./SlotFields";
import { SlotList } from "./SlotList";
import { useStepKeys } from "./use-step-keys";
import "../../styles/canvas.css";
import "../../styles/scene-editor.css";
import "../../styles/slots.css";

const UNKNOWN_COLOR = "#808080";
const COLOR = "color";

interface SceneSheetProps {
  found: TaggedScene;
  console: Console;
  thumbnails: Thumbnails;
  /** Another one is to be edited in its place. */
  onOther: (made: TaggedScene) => void;
  onRemoved: (scene: SceneView) => void;
  onClose: () => void;
}

/** A scene's editor. */
export function SceneSheet(props: SceneSheetProps): JSX.Element {
  const { found, console, thumbnails, onClose } = props;
  const { mixing } = console;
  const { scene } = found;
  const editor = useMemo(() => new SceneEditor(found, mixing), [scene.id]);
  useSignalEffect(() => editor.follow());
  useSignalEffect(() => {
    if (!mixing.value.second) editor.turnTo("program");
  });
  const step = useCallback(
    (which: "undo" | "redo"): boolean => {
      // A sheet above this one has steps of its own, or none.
      if (document.querySelectorAll("dialog[open]").length > 1) return false;
      editor[which]();
      return true;
    },
    [editor],
  );
  useStepKeys(step);
  const sources = useComputed(() => mixing.value.board?.sources ?? []).value;
  const people = useComputed(() => mixing.value.people).value;
  const paint = (id: string): Painted => {
    const source = sources.find((each) => each.id === id);
    return { name: source ? nameOfSource(people, source) : id, color: source?.color ?? UNKNOWN_COLOR };
  };
  const options = optionsOf(
    sources.map(({ id }) => ({ value: id, label: paint(id).name })),
    editor,
  );
  const mayClose = (): boolean => {
    if (editor.isDirty.peek()) editor.ask("close");
    return !editor.isDirty.peek();
  };
  return (
    <Dialog title={say.editTitle(labelOf(scene))} onClose={onClose} mayClose={mayClose} wide>
      <div class="scene-editor" onFocusOut={() => editor.history.seal()}>
        <SceneEditorView editor={editor} paint={paint} console={console} thumbnails={thumbnails} />
        <div class="scene-editor-side">
          <SceneFields editor={editor} sources={options} />
          <SlotList editor={editor} sources={options} nameOf={(id) => paint(id).name} />
          <Selected editor={editor} sources={options} console={console} />
          <SceneSounds editor={editor} nameOf={(id) => paint(id).name} sources={options} />
        </div>
      </div>
      <SceneFoot editor={editor} onOther={props.onOther} onRemoved={props.onRemoved} onClose={onClose} />
    </Dialog>
  );
}

/** The sources that there are, and those that the scene names although they are no more. */
function optionsOf(known: readonly Option[], editor: SceneEditor): Option[] {
  const has = (id: string): boolean => known.some(({ value }) => value === id);
  const slots = editor.slots.value ?? [];
  const named = slots.flatMap(({ source, if_gone }) => (if_gone === null ? [source] : [source, if_gone]));
  const missing = new Set(named.filter((id) => !has(id)));
  return [...known, ...[...missing].map((id) => ({ value: id, label: id }))];
}

function SceneFields({ editor, sources }: { editor: SceneEditor; sources: readonly Option[] }): JSX.Element {
  const { label, background } = editor.draft.value;
  const isColor = background.startsWith("#");
  const grounds = [{ value: COLOR, label: say.colorGround }, ...sources];
  return (
    <>
      <TextField
        label={say.name}
        value={label}
        maxLength={200}
        error={errorAt(editor.attempt.errors.value, "label")}
        onInput={(value) => editor.change({ label: value })}
      />
      <div class="slot-row">
        <Select
          label={say.background}
          value={isColor ? COLOR : background}
          options={grounds}
          onChange={(value) => editor.change({ background: value === COLOR ? "#000000" : value })}
        />
        {isColor ? (
          <ColorField
            label={say.groundColor}
            value={background}
            onChange={(value) => editor.change({ background: value })}
          />
        ) : null}
      </div>
    </>
  );
}

interface SelectedProps extends Pick<SceneSheetProps, "console"> {
  editor: SceneEditor;
  sources: readonly Option[];
}

function Selected({ editor, sources, console }: SelectedProps): JSX.Element | null {
  const index = editor.selected.value;
  const slot = index === null ? undefined : editor.slots.value?.[index];
  if (index === null || !slot) return null;
  return (
    <SlotFields
      key={`${editor.canvas.value} ${index}`}
      editor={editor}
      index={index}
      slot={slot}
      sources={sources}
    >
      <FramingButton source={slot.source} console={console} />
    </SlotFields>
  );
}
