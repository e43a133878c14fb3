import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { pictureOfSource, type Thumbnails } from "../../client/thumbnails";
import type { Console, SourceSheet } from "../../state/console";
import { errorAt, ofHundredths } from "../../state/field-errors";
import { hundredths } from "../../state/format";
import { framingOf, zoomedTo } from "../../state/framing";
import { FramingHand } from "../../state/framing-hand";
import type { Library } from "../../state/library";
import { deskTexts } from "../../texts.desk";
import { framingTexts as say } from "../../texts.framing";
import { sceneTexts } from "../../texts.scenes";
import { CloseQuestion, useClosing } from "../../ui/CloseQuestion";
import { Dialog } from "../../ui/Dialog";
import { Checkbox, NumberField } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";
import { OldPicture } from "../../ui/OldPicture";
import { Refusal } from "../../ui/Refusal";
import { useThumbnail } from "../../ui/use-thumbnail";
import { FramingCanvas, FramingResult } from "./FramingCanvas";
import { SlateField } from "./SlateField";
import "../../styles/framing.css";
import "../../styles/canvas.css";
import "../../styles/scene-editor.css";
import "../../styles/slots.css";

const SIDES = ["left", "top", "right", "bottom"] as const;
const WAYS = [
  ["x", "across"],
  ["y", "down"],
] as const;
/** Seconds, until another number is set. */
const USUAL_STAY = 10;

interface FramingSheetProps {
  sheet: SourceSheet;
  console: Console;
  thumbnails: Thumbnails;
  library: Library;
  onClose: () => void;
}

/** What is shown of a source's picture in every scene and in place of one, and how long a still stays on air. */
export function FramingSheet({
  sheet,
  console,
  thumbnails,
  library,
  onClose,
}: FramingSheetProps): JSX.Element {
  const { source, name } = sheet;
  const hand = useMemo(() => new FramingHand(source, console.mixing), [source.id]);
  const picture = useThumbnail(thumbnails, pictureOfSource(source.id), console.ready.value);
  const shape = useSignal(16 / 9);
  const { asked, mayClose } = useClosing(() => hand.isChanged.peek());
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await hand.save()) onClose();
  };
  return (
    <Dialog title={say.title(name)} onClose={onClose} mayClose={mayClose} wide>
      <form class="dialog-form" noValidate onSubmit={(event) => void save(event)}>
        <div class="framing">
          <div class="framing-view">
            {hand.isOnAir.value ? <p class="scene-editor-on-air">{say.onAir}</p> : null}
            <FramingCanvas hand={hand} picture={picture.url.value} shape={shape}>
              {picture.isOld.value ? <OldPicture /> : null}
            </FramingCanvas>
            <p class="desk-hint">{say.canvasHint}</p>
          </div>
          <div class="framing-side">
            <p class="desk-hint">{say.everywhere}</p>
            <Numbers hand={hand} />
            {source.kind === "still" ? <Stay hand={hand} /> : null}
            <SlateField hand={hand} library={library} />
            <FramingResult hand={hand} picture={picture.url.value} shape={shape} />
          </div>
        </div>
        <Foot hand={hand} asked={asked} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface FootProps {
  hand: FramingHand;
  /** Whether it is to close all the same. */
  asked: Signal<boolean>;
  onClose: () => void;
}

function Foot({ hand, asked, onClose }: FootProps): JSX.Element {
  const isGone = hand.source.value === null;
  return (
    <>
      {isGone || hand.isOvertaken.value ? (
        <p class="field-error" role="alert">
          {isGone ? say.gone : say.overtaken}
        </p>
      ) : null}
      <Refusal attempt={hand.attempt} fields={["crop", "zoom", "offset", "duration_s", "slate"]} />
      {asked.value ? (
        <CloseQuestion asked={asked} onClose={onClose} />
      ) : (
        <Doings hand={hand} isGone={isGone} onClose={onClose} />
      )}
    </>
  );
}

interface DoingsProps {
  hand: FramingHand;
  isGone: boolean;
  onClose: () => void;
}

function Doings({ hand, isGone, onClose }: DoingsProps): JSX.Element {
  return (
    <div class="dialog-actions">
      <button type="button" class="button" onClick={() => hand.reset()}>
        {say.reset}
      </button>
      <button type="button" class="button" onClick={onClose}>
        {deskTexts.cancel}
      </button>
      <HeldButton
        type="submit"
        class="button button-primary"
        busy={hand.attempt.busy.value}
        why={isGone && say.gone}
      >
        {hand.isOnAir.value ? say.saveOnAir : sceneTexts.save}
      </HeldButton>
    </div>
  );
}

function Numbers({ hand }: { hand: FramingHand }): JSX.Element {
  const { crop, zoom, offset } = hand.draft.value;
  const refused = (field: string): string | undefined => errorAt(hand.attempt.errors.value, field);
  const inHundredths = (field: string): string | undefined => {
    const why = refused(field);
    return why && ofHundredths(why);
  };
  return (
    <>
      <fieldset class="slot-part">
        <legend class="field-label">{sceneTexts.crop}</legend>
        <div class="slot-row">
          {SIDES.map((side) => (
            <NumberField
              key={side}
              label={sceneTexts.cropSides[side]}
              unit="%"
              step={0.5}
              value={hundredths(crop[side])}
              error={inHundredths(`crop.${side}`)}
              onChange={(value) => hand.change({ crop: { ...crop, [side]: value / 100 } })}
            />
          ))}
        </div>
      </fieldset>
      <NumberField
        label={say.zoom}
        step={0.1}
        value={zoom}
        error={refused("zoom")}
        onChange={(value) =>
          hand.change(value >= 1 ? zoomedTo(framingOf(hand.draft.peek()), value) : { zoom: value })
        }
      />
      <fieldset class="slot-part">
        <legend class="field-label">{say.offset}</legend>
        <div class="slot-row">
          {WAYS.map(([way, name]) => (
            <NumberField
              key={way}
              label={say[name]}
              unit="%"
              step={0.5}
              value={hundredths(offset[way])}
              error={inHundredths(`offset.${way}`)}
              onChange={(value) => hand.change({ offset: { ...offset, [way]: value / 100 } })}
            />
          ))}
        </div>
      </fieldset>
    </>
  );
}

/** How long a still is there, from when it comes on program. */
function Stay({ hand }: { hand: FramingHand }): JSX.Element {
  const { duration_s } = hand.draft.value;
  return (
    <fieldset class="slot-part">
      <legend class="field-label">{say.time}</legend>
      <Checkbox
        label={say.leaves}
        hint={say.stays}
        checked={duration_s !== null}
        onChange={(leaves) => hand.change({ duration_s: leaves ? USUAL_STAY : null })}
      />
      {duration_s === null ? null : (
        <NumberField
          label={say.leavesAfter}
          step={0.5}
          value={duration_s}
          error={errorAt(hand.attempt.errors.value, "duration_s")}
          onChange={(value) => hand.change({ duration_s: value })}
        />
      )}
    </fieldset>
  );
}
