import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { type AddedSource, addedOf, isFed, isHidden } from "../../state/added-sources";
import { labelOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { removeSource } from "../../state/source-removal";
import { deskTexts } from "../../texts.desk";
import { sourcesTexts as say } from "../../texts.sources";
import { Dialog } from "../../ui/Dialog";
import { HeldButton } from "../../ui/Held";
import { stays } from "../../ui/leave-focus";
import { AddSource } from "./AddedSourceSheet";
import { FramingButton } from "./FramingButton";
import { SourceFacts, SourceTrouble } from "./SourceFacts";
import { SourceKey } from "./SourceKey";
import "../../styles/outputs.css";

interface SourcesProps {
  operator: Operator;
}

const keyOf = ({ source }: AddedSource): string => `source:${source.id}`;

function remove({ mixing, commands, console }: Operator, added: AddedSource): void {
  const { source } = added;
  const { deleted } = console;
  void commands.run(keyOf(added), say.failed(labelOf(source)), () =>
    removeSource(source, { mixing, commands, deleted }),
  );
}

/** Sources that were added: what they are, how they do by the mixer's word, and what can be done with them. */
export function Sources({ operator }: SourcesProps): JSX.Element {
  const sources = useComputed(() => addedOf(operator.mixing.value)).value;
  const isAdding = useSignal(false);
  const asked = useSignal<AddedSource | null>(null);
  return (
    <section aria-label={say.title}>
      <header class="desk-section outputs-head">
        <h2>{say.title}</h2>
        <button
          type="button"
          class="button button-small"
          aria-haspopup="dialog"
          onClick={() => {
            isAdding.value = true;
          }}
        >
          {say.add}
        </button>
      </header>
      {sources.length === 0 ? <p class="desk-nobody">{say.none}</p> : null}
      <ul {...stays} class="outputs">
        {sources.map((added) => (
          <SourceRow
            key={added.source.id}
            added={added}
            operator={operator}
            ask={() => {
              asked.value = added;
            }}
          />
        ))}
      </ul>
      {isAdding.value ? <AddSource operator={operator} onClose={() => (isAdding.value = false)} /> : null}
      {asked.value ? (
        <Sure operator={operator} added={asked.value} onClose={() => (asked.value = null)} />
      ) : null}
    </section>
  );
}

interface RowProps extends SourcesProps {
  added: AddedSource;
  ask: () => void;
}

function SourceRow({ added, operator, ask }: RowProps): JSX.Element {
  const { source, onAir } = added;
  const { console, commands } = operator;
  const name = labelOf(source);
  return (
    <li class="output" aria-label={name}>
      <div class="output-what">
        <SourceFacts added={added} hasMixer={console.ready.value} />
      </div>
      <div class="output-actions">
        <button
          type="button"
          class="button button-small"
          aria-haspopup="dialog"
          aria-label={say.changeOf(name)}
          onClick={() => {
            console.sheet.value = { of: "change", source, name };
          }}
        >
          {say.change}
        </button>
        <FramingButton source={source.id} console={console} />
        <SourceKey console={console} source={source.id} name={name} />
        <HeldButton
          class="button button-small button-danger"
          aria-label={say.removeOf(name)}
          busy={commands.pending.value.has(keyOf(added))}
          onClick={() => (onAir || isHidden(source.url) ? ask() : remove(operator, added))}
        >
          {say.remove}
        </HeldButton>
      </div>
      {isFed(added.kind) ? <SourceTrouble status={added.status} /> : null}
    </li>
  );
}

interface SureProps extends SourcesProps {
  added: AddedSource;
  onClose: () => void;
}

/** What the audience sees go, or what no button brings back, is no slip of the hand. */
function Sure({ operator, added, onClose }: SureProps): JSX.Element {
  const { source, onAir } = added;
  const act = (): void => {
    onClose();
    remove(operator, added);
  };
  return (
    <Dialog title={say.removeTitle(labelOf(source))} onClose={onClose}>
      {onAir ? <p>{say.removeOnAir}</p> : null}
      {isHidden(source.url) ? <p>{say.removeForGood}</p> : null}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {deskTexts.cancel}
        </button>
        <button type="button" class="button button-danger-solid" onClick={act}>
          {say.remove}
        </button>
      </div>
    </Dialog>
  );
}
