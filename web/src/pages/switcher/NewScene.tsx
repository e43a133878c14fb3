import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { scenesApi, type TaggedScene } from "../../client/scenes";
import { Attempt } from "../../state/attempt";
import type { Console } from "../../state/console";
import { errorAt } from "../../state/field-errors";
import { nameOfSource } from "../../state/people";
import { deskTexts } from "../../texts.desk";
import { sceneTexts as say } from "../../texts.scenes";
import { Dialog } from "../../ui/Dialog";
import { type Option, Select, TextField } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";
import { Refusal } from "../../ui/Refusal";

const EMPTY = "";
const templates = (): Option[] => [
  ...Object.entries(say.layouts).map(([value, label]) => ({ value, label })),
  { value: EMPTY, label: say.empty },
];

interface NewSceneProps {
  console: Console;
  onMade: (made: TaggedScene) => void;
  onClose: () => void;
}

/** A new scene, from one of the server's layouts or empty; it is on no screen until somebody puts it there. */
export function NewScene({ console, onMade, onClose }: NewSceneProps): JSX.Element {
  const label = useSignal("");
  const layout = useSignal("two_up");
  const chosen = useSignal<readonly string[]>([]);
  const attempt = useMemo(() => new Attempt(), []);
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    const named = { label: label.value.trim() };
    const body =
      layout.value === EMPTY ? named : { ...named, layout: layout.value, sources: [...chosen.value] };
    const made = await attempt.run(() => scenesApi.make(body));
    if (made) onMade(made);
  };
  return (
    <Dialog title={say.make} onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void make(event)}>
        <TextField
          label={say.name}
          value={label.value}
          maxLength={200}
          error={errorAt(attempt.errors.value, "label")}
          onInput={(value) => (label.value = value)}
        />
        <Select
          label={say.template}
          value={layout.value}
          options={templates()}
          onChange={(value) => (layout.value = value)}
        />
        {layout.value === EMPTY ? null : <Sources console={console} chosen={chosen} />}
        <Refusal attempt={attempt} fields={["label"]} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {deskTexts.cancel}
          </button>
          <HeldButton type="submit" class="button button-primary" busy={attempt.busy.value}>
            {say.makeNow}
          </HeldButton>
        </div>
      </form>
    </Dialog>
  );
}

interface SourcesProps {
  console: Console;
  chosen: { value: readonly string[] };
}

/** Sources in the order in which they are pressed. */
function Sources({ console, chosen }: SourcesProps): JSX.Element {
  const sources = useComputed(() => console.mixing.value.board?.sources ?? []).value;
  const people = useComputed(() => console.mixing.value.people).value;
  const press = (id: string): void => {
    const has = chosen.value.includes(id);
    chosen.value = has ? chosen.value.filter((each) => each !== id) : [...chosen.value, id];
  };
  return (
    <fieldset class="fieldset">
      <legend class="field-label">{say.sourcesInOrder}</legend>
      {chosen.value.length === 0 ? <p class="field-note">{say.noSources}</p> : null}
      <div class="source-picks">
        {sources.map((source) => {
          const place = chosen.value.indexOf(source.id);
          return (
            <button
              key={source.id}
              type="button"
              class={place >= 0 ? "button button-small button-active" : "button button-small"}
              aria-pressed={place >= 0}
              onClick={() => press(source.id)}
            >
              {place >= 0 ? <b>{place + 1}</b> : null}
              {nameOfSource(people, source)}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
