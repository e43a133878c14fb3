import { type Signal, useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { mixerApi } from "../../client/mixer";
import type { CanvasName } from "../../client/types";
import { Attempt } from "../../state/attempt";
import { errorAt } from "../../state/field-errors";
import { sentences } from "../../state/format";
import type { Operator } from "../../state/operator";
import { CANVASES } from "../../state/scene-draft";
import { canvasTexts } from "../../texts.canvas";
import { deskTexts } from "../../texts.desk";
import { mixerTexts as say } from "../../texts.mixer";
import { Dialog } from "../../ui/Dialog";
import { Checkbox, Select, TextField } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";
import { Refusal } from "../../ui/Refusal";

/** As long as control takes. */
const URL_LENGTH = 2000;

/** One more place that program, or the second canvas, is published to; its key goes to the server and never comes back. */
export function AddOutput({ operator, onClose }: { operator: Operator; onClose: () => void }): JSX.Element {
  const url = useSignal("");
  const label = useSignal("");
  const canvas = useSignal<CanvasName>("program");
  const start = useSignal(true);
  const attempt = useMemo(() => new Attempt(), []);
  const busy = attempt.busy.value;
  const refused = errorAt(attempt.errors.value, "url");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = {
      url: url.value.trim(),
      label: label.value.trim(),
      video: "copy",
      canvas: canvas.value,
      start: start.value,
    } as const;
    if (await attempt.run(() => mixerApi.addOutput(body))) onClose();
  };
  return (
    <Dialog title={say.addOutput} onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void submit(event)}>
        <TextField
          label={say.url}
          value={url.value}
          hint={say.addOutputHint}
          error={refused && sentences(refused, say.addOutputHint)}
          maxLength={URL_LENGTH}
          onInput={(value) => {
            url.value = value;
          }}
        />
        <TextField
          label={say.label}
          value={label.value}
          error={errorAt(attempt.errors.value, "label")}
          onInput={(value) => {
            label.value = value;
          }}
        />
        <CanvasSelect operator={operator} canvas={canvas} />
        <Checkbox
          label={say.startNow}
          checked={start.value}
          onChange={(on) => {
            start.value = on;
          }}
        />
        <Refusal attempt={attempt} fields={["url", "label"]} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {deskTexts.cancel}
          </button>
          <HeldButton
            type="submit"
            class="button button-primary"
            busy={busy}
            why={!url.value.trim() && say.urlMissing}
          >
            {busy ? say.adding : say.add}
          </HeldButton>
        </div>
      </form>
    </Dialog>
  );
}

interface CanvasSelectProps {
  operator: Operator;
  canvas: Signal<CanvasName>;
}

/** Whose picture it gets; nothing where there is only program's. */
function CanvasSelect({ operator, canvas }: CanvasSelectProps): JSX.Element | null {
  const hasSecond = useComputed(() => operator.mixing.value.second !== null).value;
  if (!hasSecond) return null;
  return (
    <Select
      label={canvasTexts.canvas}
      value={canvas.value}
      options={CANVASES.map((value) => ({ value, label: canvasTexts.names[value] }))}
      onChange={(value) => {
        canvas.value = value as CanvasName;
      }}
    />
  );
}
