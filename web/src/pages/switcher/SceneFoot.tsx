import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { TaggedScene } from "../../client/scenes";
import type { SceneView } from "../../client/types";
import { wordsOf } from "../../state/commands";
import { sentences } from "../../state/format";
import type { Question, SceneEditor } from "../../state/scene-editor";
import { sceneTexts as say } from "../../texts.scenes";
import { HeldButton } from "../../ui/Held";
import { Notice } from "../../ui/Notice";

interface SceneFootProps {
  editor: SceneEditor;
  onOther: (made: TaggedScene) => void;
  onRemoved: (scene: SceneView) => void;
  onClose: () => void;
}

/** What is refused, what is asked, and what can be done with the scene as a whole. */
export function SceneFoot(props: SceneFootProps): JSX.Element {
  const { editor } = props;
  const refusal = editor.attempt.refusal.value;
  const asked = editor.question.value;
  const bar = useRef<HTMLDivElement>(null);
  // Whoever is refused stands where it is to be mended.
  useEffect(() => {
    if (refusal) bar.current?.parentElement?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [refusal]);
  return (
    <div ref={bar} class="scene-foot-bar">
      {refusal ? (
        <Notice
          tone="bad"
          title={editor.attempt.errors.value.size > 0 ? say.refused : sentences(...wordsOf(refusal))}
          urgent
        />
      ) : null}
      {asked ? <Ask {...props} question={asked} /> : <Doings {...props} />}
    </div>
  );
}

/** A step back, and forward again. */
function Steps({ editor }: { editor: SceneEditor }): JSX.Element {
  const { canUndo, canRedo } = editor.history;
  return (
    <div class="scene-editor-steps">
      <HeldButton
        class="button button-small"
        aria-keyshortcuts="Control+Z Meta+Z"
        title={say.undoTitle}
        why={!canUndo.value && say.nothingToUndo}
        onClick={() => editor.undo()}
      >
        {say.undo}
      </HeldButton>
      <HeldButton
        class="button button-small"
        aria-keyshortcuts="Control+Shift+Z Meta+Shift+Z"
        title={say.redoTitle}
        why={!canRedo.value && say.nothingToRedo}
        onClick={() => editor.redo()}
      >
        {say.redo}
      </HeldButton>
    </div>
  );
}

function stateOf(editor: SceneEditor): string {
  if (editor.isGone.value) return say.deleted[1];
  return editor.isDirty.value ? say.notSaved : say.isSaved;
}

function Doings({ editor, onOther, onClose }: SceneFootProps): JSX.Element {
  const isDirty = editor.isDirty.value;
  const busy = editor.attempt.busy.value;
  const duplicate = async (): Promise<void> => {
    const made = await editor.duplicate(say.copyOf(editor.draft.peek().label || editor.id));
    if (made) onOther(made);
  };
  return (
    <div class="dialog-actions">
      <Steps editor={editor} />
      <p class="desk-hint dialog-state" role="status">
        {stateOf(editor)}
      </p>
      <HeldButton class="button button-danger" busy={busy} onClick={() => editor.ask("remove")}>
        {say.remove}
      </HeldButton>
      <HeldButton class="button" busy={busy} onClick={() => void duplicate()}>
        {say.duplicate}
      </HeldButton>
      <button type="button" class="button" onClick={() => (isDirty ? editor.ask("close") : onClose())}>
        {say.close}
      </button>
      <HeldButton
        class="button button-primary"
        busy={busy}
        why={!busy && !editor.canSave.value && stateOf(editor)}
        onClick={() => void editor.save()}
      >
        {say.save}
      </HeldButton>
    </div>
  );
}

function Ask({ editor, question, onRemoved, onClose }: SceneFootProps & { question: Question }): JSX.Element {
  const [title, detail] = say.questions[question];
  const act = async (): Promise<void> => {
    if (question === "close") onClose();
    else if (question === "remove") {
      if (!(await editor.remove())) return;
      onRemoved(editor.base);
      onClose();
    } else await editor.save(question === "on_air" ? { onAir: true } : { overwrite: true });
  };
  return (
    <Notice tone="warn" title={title} urgent>
      <p>{detail}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => editor.ask(null)}>
          {say.back}
        </button>
        {question === "changed" ? (
          <button type="button" class="button" onClick={() => editor.takeTheirs()}>
            {say.takeTheirs}
          </button>
        ) : null}
        <button type="button" class="button button-danger-solid" onClick={() => void act()}>
          {say.answers[question]}
        </button>
      </div>
    </Notice>
  );
}
