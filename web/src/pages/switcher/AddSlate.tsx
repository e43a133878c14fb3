import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { sourcesApi } from "../../client/library";
import { slateOf } from "../../state/library";
import type { Operator } from "../../state/operator";
import { deskTexts } from "../../texts.desk";
import { mediaTexts as say } from "../../texts.media";
import { mixerTexts } from "../../texts.mixer";
import { CommandErrors } from "../../ui/CommandErrors";
import { Dialog } from "../../ui/Dialog";
import { ColorField, Select, TextField } from "../../ui/Field";

const KEY = "source:new";

/** A slate to be made: words on a colour, or a still of the media, for any scene. */
export function AddSlate({ operator, onClose }: { operator: Operator; onClose: () => void }): JSX.Element {
  const { commands, library } = operator;
  const label = useSignal("");
  const color = useSignal("#1d2a3a");
  const still = useSignal("");
  useEffect(() => void library.load(), []);
  const stills = (library.list.value?.media ?? []).filter(({ kind }) => kind === "still");
  const busy = commands.pending.value.has(KEY);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = slateOf(label.value.trim(), color.value, still.value);
    if (await commands.run(KEY, say.newSlate, () => sourcesApi.make(body))) onClose();
  };
  return (
    <Dialog title={say.newSlate} onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void submit(event)}>
        <TextField
          label={say.slateText}
          value={label.value}
          onInput={(value) => {
            label.value = value;
          }}
        />
        <ColorField
          label={say.slateColor}
          value={color.value}
          onChange={(value) => {
            color.value = value;
          }}
        />
        <Select
          label={say.slateStill}
          value={still.value}
          options={[
            { value: "", label: say.slatePlain },
            ...stills.map(({ id }) => ({ value: id, label: id })),
          ]}
          onChange={(value) => {
            still.value = value;
          }}
        />
        <CommandErrors commands={commands} titled={say.newSlate} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {deskTexts.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={busy || !label.value.trim()}>
            {busy ? mixerTexts.adding : mixerTexts.add}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
