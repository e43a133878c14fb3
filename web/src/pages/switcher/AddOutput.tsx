import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { mixerApi } from "../../client/mixer";
import type { Operator } from "../../state/operator";
import { deskTexts } from "../../texts.desk";
import { mixerTexts as say } from "../../texts.mixer";
import { CommandErrors } from "../../ui/CommandErrors";
import { Dialog } from "../../ui/Dialog";
import { Checkbox, TextField } from "../../ui/Field";

const KEY = "output:new";
/** As long as control takes. */
const URL_LENGTH = 2000;

/** One more place that program is published to; its key goes to the server and never comes back. */
export function AddOutput({ operator, onClose }: { operator: Operator; onClose: () => void }): JSX.Element {
  const { commands } = operator;
  const url = useSignal("");
  const label = useSignal("");
  const start = useSignal(true);
  const busy = commands.pending.value.has(KEY);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = {
      url: url.value.trim(),
      label: label.value.trim(),
      video: "copy",
      start: start.value,
      canvas: "program",
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
