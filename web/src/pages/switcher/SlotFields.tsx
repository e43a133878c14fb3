import type { ComponentChildren, JSX } from "preact";
import type { Fit, SlotView } from "../../client/types";
import { errorAt, ofHundredths } from "../../state/field-errors";
import { hundredths } from "../../state/format";
import { SLOTS_FIELD, type SlotChange } from "../../state/scene-draft";
import type { SceneEditor } from "../../state/scene-editor";
import { sceneTexts as say } from "../../texts.scenes";
import { Checkbox, ColorField, NumberField, type Option, Select } from "../../ui/Field";

const SIDES = [
  ["x", "left"],
  ["y", "top"],
  ["width", "width"],
  ["height", "height"],
] as const;
const CROPS = ["left", "top", "right", "bottom"] as const;
const fits = (): Option[] => Object.entries(say.fits).map(([value, label]) => ({ value, label }));

interface SlotFieldsProps {
  editor: SceneEditor;
  index: number;
  slot: SlotView;
  sources: readonly Option[];
  /** What can be done with the source itself. */
  children: ComponentChildren;
}

/** Everything about one slot, by numbers. */
export function SlotFields({ editor, index, slot, sources, children }: SlotFieldsProps): JSX.Element {
  const set = (change: SlotChange): void => editor.changeSlot(index, change);
  const refused = (field: string): string | undefined => {
    const why = errorAt(
      editor.attempt.errors.value,
      `${SLOTS_FIELD[editor.canvas.peek()]}.${index}.${field}`,
    );
    return why && ofHundredths(why);
  };
  return (
    <div class="slot-fields">
      <SourceFields slot={slot} set={set} refused={refused} sources={sources}>
        {children}
      </SourceFields>
      <div class="slot-row">
        {SIDES.map(([field, name]) => (
          <NumberField
            key={field}
            label={say[name]}
            unit="%"
            step={0.5}
            value={hundredths(slot[field])}
            error={refused(field)}
            onChange={(value) => set({ [field]: value / 100 })}
          />
        ))}
      </div>
      <CropFields slot={slot} set={set} refused={refused} />
      <LookFields slot={slot} set={set} refused={refused} />
    </div>
  );
}

interface PartProps {
  slot: SlotView;
  set: (change: SlotChange) => void;
  refused: (field: string) => string | undefined;
}

/** What the slot shows, and what else while that is gone. */
function SourceFields({
  slot,
  set,
  refused,
  sources,
  children,
}: PartProps & Pick<SlotFieldsProps, "sources" | "children">): JSX.Element {
  const others = sources.filter(({ value }) => value !== slot.source);
  return (
    <>
      <Select
        label={say.source}
        value={slot.source}
        options={sources}
        onChange={(source) => set(slot.if_gone === source ? { source, if_gone: null } : { source })}
      >
        {children}
      </Select>
      <Select
        label={say.ifGone}
        value={slot.if_gone ?? ""}
        options={[{ value: "", label: say.ownSlate }, ...others]}
        error={refused("if_gone")}
        onChange={(source) => set({ if_gone: source || null })}
      />
    </>
  );
}

function CropFields({ slot, set, refused }: PartProps): JSX.Element {
  return (
    <fieldset class="slot-part">
      <legend class="field-label">{say.crop}</legend>
      <div class="slot-row">
        {CROPS.map((side) => (
          <NumberField
            key={side}
            label={say.cropSides[side]}
            unit="%"
            least={0}
            most={100}
            value={hundredths(slot.crop[side])}
            error={refused(`crop.${side}`)}
            onChange={(value) => set({ crop: { [side]: value / 100 } })}
          />
        ))}
      </div>
    </fieldset>
  );
}

function LookFields({ slot, set, refused }: PartProps): JSX.Element {
  const { border } = slot;
  return (
    <fieldset class="slot-part">
      <legend class="field-label">{say.look}</legend>
      <div class="slot-row">
        <Select
          label={say.fit}
          value={slot.fit}
          options={fits()}
          onChange={(value) => set({ fit: value as Fit })}
        />
        <NumberField
          label={say.border}
          unit="%"
          step={0.1}
          value={hundredths(border.width)}
          error={refused("border.width")}
          onChange={(value) => set({ border: { width: value / 100 } })}
        />
        <ColorField
          label={say.borderColor}
          value={border.color}
          onChange={(color) => set({ border: { color } })}
        />
        <NumberField
          label={say.radius}
          unit="%"
          step={0.5}
          value={hundredths(slot.radius)}
          error={refused("radius")}
          onChange={(value) => set({ radius: value / 100 })}
        />
        <NumberField
          label={say.alpha}
          unit="%"
          step={5}
          value={hundredths(slot.alpha)}
          error={refused("alpha")}
          onChange={(value) => set({ alpha: value / 100 })}
        />
      </div>
      <Checkbox label={say.label} checked={slot.label} onChange={(label) => set({ label })} />
    </fieldset>
  );
}
