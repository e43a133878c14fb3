import { useSignal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useRef } from "preact/hooks";
import type { SlotView } from "../../client/types";
import { type Handle, moved, rectOf, resized, stackOf } from "../../state/scene-draft";
import type { SceneEditor } from "../../state/scene-editor";
import { type Snapped, snapMoved, snapResized } from "../../state/snap";
import { sceneTexts as say } from "../../texts.scenes";
import { pull } from "../../ui/pull";
import { ARROWS, HANDLES, placeOf, sidesOf } from "./canvas";

const REACH_PX = 8;

/** What is on the canvas of its source: name and colour. */
export interface Painted {
  name: string;
  color: string;
}

interface CanvasProps {
  editor: SceneEditor;
  paint: (source: string) => Painted;
  /** Width by height. */
  shape: number;
}

/** The scene's slots to be moved and pulled, by mouse, finger and keys. */
export function SceneCanvas({ editor, paint, shape }: CanvasProps): JSX.Element {
  const box = useRef<HTMLFieldSetElement>(null);
  const guides = useSignal<Pick<Snapped, "across" | "down">>({ across: [], down: [] });
  const slots = editor.slots.value ?? [];
  const order = stackOf({ slots });
  const { background } = editor.draft.value;
  const at = editor.selected.value;
  const selected = at === null ? undefined : slots[at];
  const hold = (event: TargetedPointerEvent<HTMLElement>, index: number): void =>
    take(event, { editor, index, box: box.current, tell: (met) => (guides.value = met) });
  const isColor = background.startsWith("#");
  return (
    <fieldset
      ref={box}
      class="canvas"
      aria-label={say.canvas}
      style={{ "--shape": shape, backgroundColor: isColor ? background : paint(background).color }}
    >
      {slots.map((slot, index) => (
        <SlotBox
          key={index}
          slot={slot}
          index={index}
          height={order.indexOf(index)}
          {...{ editor, paint }}
          hand={(event) => hold(event, index)}
        />
      ))}
      {selected && at !== null ? <Grip slot={selected} hand={(event) => hold(event, at)} /> : null}
      {guides.value.across.map((at) => (
        <i key={at} class="canvas-guide canvas-guide-across" style={{ left: `${at * 100}%` }} />
      ))}
      {guides.value.down.map((at) => (
        <i key={at} class="canvas-guide canvas-guide-down" style={{ top: `${at * 100}%` }} />
      ))}
    </fieldset>
  );
}

interface SlotBoxProps {
  slot: SlotView;
  index: number;
  height: number;
  editor: SceneEditor;
  paint: (source: string) => Painted;
  hand: (event: TargetedPointerEvent<HTMLElement>) => void;
}

function SlotBox({ slot, index, height, editor, paint, hand }: SlotBoxProps): JSX.Element {
  const { name, color } = paint(slot.source);
  const isSelected = editor.selected.value === index;
  return (
    <button
      type="button"
      class={isSelected ? "canvas-slot canvas-slot-selected" : "canvas-slot"}
      aria-label={say.slotAt(name, ...sidesOf(slot))}
      aria-pressed={isSelected}
      style={{
        ...placeOf(slot),
        zIndex: height,
        borderColor: slot.border.width > 0 ? slot.border.color : "",
        "--color": color,
      }}
      onPointerDown={hand}
      onFocus={() => {
        editor.selected.value = index;
      }}
      onKeyDown={(event) => {
        if (press(editor, index, event)) event.preventDefault();
      }}
    >
      <span class="canvas-name">{name}</span>
    </button>
  );
}

interface GripProps {
  slot: SlotView;
  hand: (event: TargetedPointerEvent<HTMLElement>) => void;
}

/** Where the selected slot can be pulled: above all others, whatever lies on it. */
function Grip({ slot, hand }: GripProps): JSX.Element {
  return (
    <div class="canvas-grip" style={placeOf(slot)} aria-hidden="true">
      {HANDLES.map((handle) => (
        <span
          key={handle}
          class={`canvas-handle canvas-handle-${handle}`}
          data-handle={handle}
          onPointerDown={hand}
        />
      ))}
    </div>
  );
}

/** Do what a key says to a slot; false where it says nothing. */
function press(editor: SceneEditor, index: number, { key, shiftKey }: KeyboardEvent): boolean {
  const slot = editor.slots.peek()?.[index];
  const by = ARROWS[key];
  if (!slot) return false;
  if (by) editor.changeSlot(index, shiftKey ? resized(slot, "se", ...by) : moved(rectOf(slot), ...by));
  else if (key === "PageUp" || key === "PageDown") editor.raise(index, key === "PageUp" ? 1 : -1);
  else if (key === "Delete" || key === "Backspace") editor.drop(index);
  else return false;
  return true;
}

interface Hold {
  editor: SceneEditor;
  index: number;
  box: HTMLElement | null;
  tell: (met: Pick<Snapped, "across" | "down">) => void;
}

/** Follow a hand that has taken hold of a slot, or of one of its handles, until it lets go. */
function take(event: TargetedPointerEvent<HTMLElement>, { editor, index, box, tell }: Hold): void {
  const slots = editor.slots.peek() ?? [];
  const start = slots[index];
  if (!start || !box) return;
  const others = slots.filter((_, at) => at !== index);
  const handle = event.currentTarget.dataset.handle as Handle | undefined;
  const isTaken = pull(event, {
    box,
    follow: (dx, dy, { altKey }, { width, height }) => {
      const reach = altKey ? ([-1, -1] as const) : ([REACH_PX / width, REACH_PX / height] as const);
      const met = handle
        ? snapResized(resized(start, handle, dx, dy), handle, others, reach)
        : snapMoved(moved(rectOf(start), dx, dy), others, reach);
      editor.changeSlot(index, met.rect);
      tell(met);
    },
    leave: () => {
      editor.history.seal();
      tell({ across: [], down: [] });
    },
  });
  if (!isTaken) return;
  editor.selected.value = index;
  editor.history.seal();
}
