import { type Signal, useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { mixerApi } from "../../client/mixer";
import type { CanvasName } from "../../client/types";
import type { Operator } from "../../state/operator";
import { CANVASES } from "../../state/scene-draft";
import { canvasTexts } from "../../texts.canvas";
import { deskTexts } from "../../texts.desk";
import { mixerTexts as say } from "../../texts.mixer";
import { CommandErrors } from "../../ui/CommandErrors";
import { Dialog } from "../../ui/Dialog";
import { Checkbox, Select, TextField } from "../../ui/Field";

const KEY = "output:new";
/** As long as control takes. */
const URL_LENGTH = 2000;

/** One more place that program, or the second canvas, is published to; its key goes to the server and never comes back. */
export function AddOutput({ operator, onClose }: { operator: Operator; onClose: () => void }): JSX.Element {
  const { commands } = operator;
  const url = useSignal("");
  const label = useSignal("");
  const canvas = useSignal<CanvasName>("program");
  const start = useSignal(true);
  const busy = commands.pending.value.has(KEY);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = {
      url: url.value.trim(),
      label: label.value.trim(),
      video: "copy",
      canvas: canvas.value,
      start: start.value,
    } as const;
    if (await commands.run(KEY, say.addOutput, () => mixerApi.addOutput(body))) onClose();
  };
  return (
    <Dialog title={say.addOutput} onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void submit(event)}>
        <TextField
          label={say.url}
          value={url.value}
          hint={say.addOutputHint}
          maxLength={URL_LENGTH}
          onInput={(value) => {
            url.value = value;
          }}
        />
        <TextField
          label={say.label}
          value={label.value}
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
        <CommandErrors commands={commands} titled={say.addOutput} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {deskTexts.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={busy || !url.value.trim()}>
            {busy ? say.adding : say.add}
          </button>
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
