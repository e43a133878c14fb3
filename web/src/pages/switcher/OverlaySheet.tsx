import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ApiError, unexpected } from "../../client/api";
import { overlaysApi } from "../../client/scenes";
import type { Anchor, OverlayRequest, OverlayView } from "../../client/types";
import { wordsOf } from "../../state/commands";
import { errorAt, fieldErrors, NO_ERRORS, ofHundredths } from "../../state/field-errors";
import { hundredths, sentences } from "../../state/format";
import { deskTexts } from "../../texts.desk";
import { sceneTexts as say } from "../../texts.scenes";
import { Dialog } from "../../ui/Dialog";
import { NumberField, TextField } from "../../ui/Field";

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
/** A logo is taller than a line. */
const LOGO_SIZE = 0.12;

interface OverlaySheetProps {
  kind: "text" | "image";
  /** Which one is changed; null for a new one. */
  overlay: OverlayView | null;
  onClose: () => void;
}

function begun(kind: "text" | "image", overlay: OverlayView | null): OverlayRequest {
  if (!overlay) return { ...USUAL, kind, ...(kind === "image" ? { size: LOGO_SIZE } : {}) };
  const { id: _, shown: __, ...body } = overlay;
  return body;
}

/** A logo or a text, and where it stands; a new one is not seen before it is shown. */
export function OverlaySheet({ kind, overlay, onClose }: OverlaySheetProps): JSX.Element {
  const body = useSignal(begun(kind, overlay));
  const refusal = useSignal<ApiError | null>(null);
  const busy = useSignal(false);
  const errors = useComputed(() => (refusal.value ? fieldErrors(refusal.value) : NO_ERRORS)).value;
  const set = (change: Partial<OverlayRequest>): void => {
    body.value = { ...body.value, ...change };
  };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    try {
      await (overlay ? overlaysApi.save(overlay.id, body.value) : overlaysApi.make(body.value));
      onClose();
    } catch (error) {
      refusal.value = error instanceof ApiError ? error : unexpected(error);
      busy.value = false;
    }
  };
  const sizeRefused = errorAt(errors, "size");
  const field = kind === "text" ? "text" : "url";
  return (
    <Dialog title={say.overlayTitles[kind]} onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void save(event)}>
        <TextField
          label={kind === "text" ? say.text : say.file}
          value={body.value[field]}
          maxLength={500}
          {...(kind === "image" ? { hint: say.fileHint } : {})}
          error={errorAt(errors, field)}
          onInput={(value) => set({ [field]: value })}
        />
        <Anchors value={body.value.anchor} onChange={(anchor) => set({ anchor })} />
        <NumberField
          label={say.size}
          unit="%"
          step={0.5}
          value={hundredths(body.value.size)}
          error={sizeRefused && ofHundredths(sizeRefused)}
          onChange={(value) => set({ size: value / 100 })}
        />
        {refusal.value && errors.size === 0 ? (
          <p class="field-error" role="alert">
            {sentences(...wordsOf(refusal.value))}
          </p>
        ) : null}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {deskTexts.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={busy.value || !body.value[field]}>
            {say.save}
          </button>
        </div>
      </form>
    </Dialog>
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
