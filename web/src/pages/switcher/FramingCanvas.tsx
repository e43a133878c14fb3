import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX, TargetedPointerEvent } from "preact";
import { useRef } from "preact/hooks";
import { croppedAt, cropRectOf, framingOf, panned, shownRectOf, zoomedTo } from "../../state/framing";
import type { FramingHand } from "../../state/framing-hand";
import type { Handle, Rect } from "../../state/scene-draft";
import { framingTexts as say } from "../../texts.framing";
import { pull } from "../../ui/pull";
import { ARROWS, HANDLES, placeOf, sidesOf } from "./canvas";

const ZOOM_STEP = 1.1;

interface FramingCanvasProps {
  hand: FramingHand;
  /** Where all of the picture is as it is now; empty where there is none. */
  picture: string;
  /** Its width by its height, as soon as it is there. */
  shape: Signal<number>;
  /** What is said of it. */
  children?: ComponentChildren;
}

/** All of a source's picture, with what is shown of it to be pulled and moved. */
export function FramingCanvas({ hand, picture, shape, children }: FramingCanvasProps): JSX.Element {
  const box = useRef<HTMLFieldSetElement>(null);
  const shown = shownRectOf(hand.draft.value);
  const follow = (event: TargetedPointerEvent<HTMLElement>): void => take(event, hand, box.current);
  return (
    <fieldset
      ref={box}
      class="framing-canvas"
      aria-label={say.canvas}
      style={{ aspectRatio: String(shape.value), "--shape": shape.value }}
    >
      <div class="framing-all">
        {picture ? (
          <img
            src={picture}
            alt=""
            draggable={false}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
              shape.value = naturalWidth / naturalHeight;
            }}
          />
        ) : (
          <span class="framing-none">{say.noPicture}</span>
        )}
        <Shown hand={hand} shown={shown} onHold={follow} />
        {children}
      </div>
      <div class="framing-crop" style={placeOf(cropRectOf(hand.draft.value))} aria-hidden="true">
        {HANDLES.map((handle) => (
          <span
            key={handle}
            class={`canvas-handle canvas-handle-${handle}`}
            data-handle={handle}
            onPointerDown={follow}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface ShownProps {
  hand: FramingHand;
  shown: Rect;
  onHold: (event: TargetedPointerEvent<HTMLElement>) => void;
}

function Shown({ hand, shown, onHold }: ShownProps): JSX.Element {
  return (
    <button
      type="button"
      class="framing-shown"
      aria-label={say.part(...sidesOf(shown))}
      style={placeOf(shown)}
      onPointerDown={onHold}
      onWheel={(event) => {
        event.preventDefault();
        enlarge(hand, event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP);
      }}
      onKeyDown={(event) => {
        if (press(hand, event)) event.preventDefault();
      }}
    />
  );
}

/** What comes of it. */
export function FramingResult({ hand, picture, shape }: FramingCanvasProps): JSX.Element {
  const { x, y, width, height } = shownRectOf(hand.draft.value);
  const own = (shape.value * width) / height;
  return (
    <figure>
      <div class="framing-result" style={{ aspectRatio: String(own), "--shape": own }}>
        {picture ? (
          <img
            src={picture}
            alt=""
            style={{
              left: `${(-x / width) * 100}%`,
              top: `${(-y / height) * 100}%`,
              width: `${100 / width}%`,
              height: `${100 / height}%`,
            }}
          />
        ) : null}
      </div>
      <figcaption class="desk-hint">{say.result}</figcaption>
    </figure>
  );
}

const enlarge = (hand: FramingHand, times: number): void => {
  const draft = hand.draft.peek();
  hand.change(zoomedTo(framingOf(draft), draft.zoom * times));
};

/** Do what a key says to the part that is shown; false where it says nothing. */
function press(hand: FramingHand, { key }: KeyboardEvent): boolean {
  const by = ARROWS[key];
  if (by) hand.change(panned(framingOf(hand.draft.peek()), ...by));
  else if (key === "+" || key === "=") enlarge(hand, ZOOM_STEP);
  else if (key === "-") enlarge(hand, 1 / ZOOM_STEP);
  else return false;
  return true;
}

/** Follow a hand that has taken hold of a side of the crop, or of what is shown. */
function take(event: TargetedPointerEvent<HTMLElement>, hand: FramingHand, box: HTMLElement | null): void {
  if (!box) return;
  const start = framingOf(hand.draft.peek());
  const handle = event.currentTarget.dataset.handle as Handle | undefined;
  const follow = (dx: number, dy: number): void =>
    hand.change(handle ? croppedAt(start, handle, dx, dy) : panned(start, dx, dy));
  pull(event, { box, follow });
}
