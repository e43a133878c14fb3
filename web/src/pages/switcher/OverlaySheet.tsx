import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { overlaysApi } from "../../client/scenes";
import type { Anchor, CardView, OverlayRequest } from "../../client/types";
import { Attempt } from "../../state/attempt";
import { errorAt, type FieldErrors, ofHundredths } from "../../state/field-errors";
import { hundredths } from "../../state/format";
import { deskTexts } from "../../texts.desk";
import { sceneTexts as say } from "../../texts.scenes";
import { Dialog } from "../../ui/Dialog";
import { NumberField, TextField } from "../../ui/Field";
import { Refusal } from "../../ui/Refusal";

const ANCHORS = Object.keys(say.anchors) as Anchor[];
const FRESH: Pick<OverlayRequest, "text" | "url"> = { text: "", url: "" };
const USUAL: Omit<OverlayRequest, "kind"> = {
  ...FRESH,
  on: false,
  title: "",
  anchor: "top_right",
  size: 0.06,
  color: "#e4572e",
  alpha: 1,
  frames: 12,
};
/** What each kind has to have. */
const FIELDS = { text: "text", image: "url" } as const;
/** A logo is taller than a line. */
const LOGO_SIZE = 0.12;

interface OverlaySheetProps {
  kind: "text" | "image";
  /** Which one is changed, as it was when it was opened; null for a new one. */
  overlay: CardView | null;
  /** The same as it is now. */
  current: CardView | null;
  /** What stands for it as it is now. */
  tag: string | null;
  onClose: () => void;
}

function begun(kind: "text" | "image", overlay: CardView | null): OverlayRequest {
  if (!overlay) return { ...USUAL, kind, ...(kind === "image" ? { size: LOGO_SIZE } : {}) };
  const { id: _, shown: __, ...body } = overlay;
  return body;
}

/** Whether an overlay is as it was but for being shown. */
function isSameOverlay(before: CardView, now: CardView | null): boolean {
  const plain = ({ text, url, anchor, size, color, alpha }: CardView): string =>
    JSON.stringify([text, url, anchor, size, color, alpha]);
  return now !== null && plain(before) === plain(now);
}

/** A logo or a text, and where it stands; a new one is not seen before it is shown. */
export function OverlaySheet({ kind, overlay, current, tag, onClose }: OverlaySheetProps): JSX.Element {
  const body = useSignal(begun(kind, overlay));
  const attempt = useMemo(() => new Attempt(), []);
  const isOvertaken = overlay !== null && !attempt.busy.value && !isSameOverlay(overlay, current);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    // Whether it is shown has its own button, also for others. Whoever is told of their changes saves over those alone.
    const made = { ...body.value, on: current?.on ?? false };
    const saved = await attempt.run<unknown>(() =>
      overlay ? overlaysApi.save(overlay.id, made, tag) : overlaysApi.make(made),
    );
    if (saved) onClose();
  };
  return (
    <Dialog title={say.overlayTitles[kind]} onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void save(event)}>
        <OverlayFields kind={kind} body={body} errors={attempt.errors.value} />
        {isOvertaken ? (
          <p class="field-error" role="alert">
            {say.overlayOvertaken}
          </p>
        ) : null}
        <Refusal attempt={attempt} fields={[FIELDS[kind], "size"]} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {deskTexts.cancel}
          </button>
          <button
            type="submit"
            class="button button-primary"
            disabled={attempt.busy.value || !body.value[FIELDS[kind]]}
          >
            {isOvertaken ? say.answers.changed : say.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  kind: "text" | "image";
  body: Signal<OverlayRequest>;
  errors: FieldErrors;
}

function OverlayFields({ kind, body, errors }: FieldsProps): JSX.Element {
  const set = (change: Partial<OverlayRequest>): void => {
    body.value = { ...body.value, ...change };
  };
  const field = FIELDS[kind];
  const sizeRefused = errorAt(errors, "size");
  const common = {
    value: body.value[field],
    error: errorAt(errors, field),
    maxLength: 500,
    onInput: (value: string) => set({ [field]: value }),
  };
  return (
    <>
      {kind === "text" ? (
        <TextField {...common} label={say.text} lines={2} />
      ) : (
        <TextField {...common} label={say.file} hint={say.fileHint} />
      )}
      <Anchors value={body.value.anchor} onChange={(anchor) => set({ anchor })} />
      <NumberField
        label={say.size}
        unit="%"
        step={0.5}
        value={hundredths(body.value.size)}
        error={sizeRefused && ofHundredths(sizeRefused)}
        onChange={(value) => set({ size: value / 100 })}
      />
    </>
  );
}

/** The nine places on the canvas. */
function Anchors({ value, onChange }: { value: Anchor; onChange: (anchor: Anchor) => void }): JSX.Element {
  return (
    <fieldset class="anchors">
      <legend class="field-label">{say.anchor}</legend>
      {ANCHORS.map((anchor) => (
        <button
          key={anchor}
          type="button"
          class={anchor === value ? "button button-small button-active" : "button button-small"}
          aria-pressed={anchor === value}
          onClick={() => onChange(anchor)}
        >
          {say.anchors[anchor]}
        </button>
      ))}
    </fieldset>
  );
}
