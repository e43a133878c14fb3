import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { CanvasSize } from "../../client/types";
import { CANVASES } from "../../state/scene-draft";
import type { SceneEditor } from "../../state/scene-editor";
import { packed } from "../../state/second-canvas";
import { canvasTexts as say } from "../../texts.canvas";

interface CanvasChoiceProps {
  editor: SceneEditor;
  /** The second canvas. */
  size: CanvasSize;
}

/** The canvas whose slots are under the hand, and whether the second one has slots of its own. */
export function CanvasChoice({ editor, size }: CanvasChoiceProps): JSX.Element {
  const name = useId();
  return (
    <div class="canvas-choice">
      <fieldset class="segments" aria-label={say.edited}>
        {CANVASES.map((canvas) => (
          <label key={canvas} class="segment canvas-option">
            <input
              type="radio"
              name={name}
              checked={editor.canvas.value === canvas}
              onChange={() => editor.turnTo(canvas)}
            />
            {say.names[canvas]}
          </label>
        ))}
      </fieldset>
      {editor.canvas.value === "second" ? <Arranged editor={editor} size={size} /> : null}
    </div>
  );
}

function Arranged({ editor, size }: CanvasChoiceProps): JSX.Element {
  const isOwn = editor.slots.value !== null;
  const press = (): void => editor.arrange(isOwn ? null : packed(editor.draft.peek().slots, size));
  return (
    <>
      <span class="canvas-state" role="status">
        {isOwn ? say.own : say.automatic}
      </span>
      <button type="button" class="button button-small" onClick={press}>
        {isOwn ? say.toAutomatic : say.arrange}
      </button>
    </>
  );
}
