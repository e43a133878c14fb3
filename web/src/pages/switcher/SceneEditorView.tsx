import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Thumbnails } from "../../client/thumbnails";
import type { CanvasSize } from "../../client/types";
import type { Console } from "../../state/console";
import type { SceneEditor } from "../../state/scene-editor";
import { canvasTexts } from "../../texts.canvas";
import { sceneTexts as say } from "../../texts.scenes";
import { Notice } from "../../ui/Notice";
import { Thumbnail } from "../../ui/Thumbnail";
import { CanvasChoice } from "./CanvasChoice";
import { type Painted, SceneCanvas } from "./SceneCanvas";

interface ViewProps {
  editor: SceneEditor;
  console: Console;
  thumbnails: Thumbnails;
}

interface SceneEditorViewProps extends ViewProps {
  paint: (source: string) => Painted;
}

/** The scene on the canvas that is under the hand, and as it is saved. */
export function SceneEditorView({ paint, ...props }: SceneEditorViewProps): JSX.Element {
  const { editor, console } = props;
  const second = useComputed(() => console.mixing.value.second).value;
  const program = useComputed(() => {
    const { mixer } = console.mixing.value;
    return mixer ? mixer.width / mixer.height : 16 / 9;
  }).value;
  const shown = editor.canvas.value === "second" ? second : null;
  return (
    <div class="scene-editor-view">
      <div class="scene-editor-head">
        {second ? <CanvasChoice editor={editor} size={second} /> : null}
        {editor.isOnAir.value ? <p class="scene-editor-on-air">{say.onAir}</p> : null}
      </div>
      <Overtaken editor={editor} />
      {shown && editor.slots.value === null ? (
        <Automatic {...props} second={shown} />
      ) : (
        <>
          <SceneCanvas editor={editor} paint={paint} shape={shown ? shown.width / shown.height : program} />
          <p class="desk-hint">{say.canvasHint}</p>
          <Saved {...props} second={second} />
        </>
      )}
    </div>
  );
}

/** Whether somebody else has changed or deleted it. */
function Overtaken({ editor }: { editor: SceneEditor }): JSX.Element | null {
  if (!editor.isOvertaken.value) return null;
  const [title, detail] = editor.theirs.value ? say.overtaken : say.deleted;
  return (
    <Notice tone="warn" title={title}>
      <p>{detail}</p>
      {editor.theirs.value ? (
        <button type="button" class="button button-small" onClick={() => editor.takeTheirs()}>
          {say.takeTheirs}
        </button>
      ) : null}
    </Notice>
  );
}

/** What the mixer makes of the scene where nobody has arranged it. */
function Automatic({ editor, console, thumbnails, second }: ViewProps & { second: CanvasSize }): JSX.Element {
  return (
    <>
      <div class="canvas-automatic" style={{ "--shape": second.width / second.height }}>
        <Thumbnail scene={editor.id} thumbnails={thumbnails} ready={console.ready.value} second={second} />
      </div>
      <p class="desk-hint">{canvasTexts.automaticHint}</p>
    </>
  );
}

function Saved({
  editor,
  console,
  thumbnails,
  second,
}: ViewProps & { second: CanvasSize | null }): JSX.Element {
  const common = { scene: editor.id, thumbnails, ready: console.ready.value };
  return (
    <figure class="scene-editor-saved">
      <div class="thumbnails">
        <Thumbnail {...common} />
        {second ? <Thumbnail {...common} second={second} /> : null}
      </div>
      <figcaption class="desk-hint">{say.saved}</figcaption>
    </figure>
  );
}
