import { type Signal, useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { sourcesApi } from "../../client/library";
import { Attempt } from "../../state/attempt";
import type { Console, SourceSheet } from "../../state/console";
import { hundredths } from "../../state/format";
import { tagOf } from "../../state/mixing";
import { type Key, type KeyKind, keyOfKind, refusedOfKey } from "../../state/source-key";
import { framingTexts } from "../../texts.framing";
import { keyTexts as say } from "../../texts.key";
import { Dialog } from "../../ui/Dialog";
import { Checkbox, ColorField, NumberField, Select } from "../../ui/Field";
import { Refusal } from "../../ui/Refusal";

const KINDS: readonly KeyKind[] = ["none", "chroma", "luma"];
const OF_CHROMA = ["tolerance", "softness", "spill"] as const;
const OF_LUMA = ["low", "high"] as const;

interface SourceKeyProps {
  console: Console;
  /** Its id. */
  source: string;
  /** What people call it. */
  name: string;
}

/** Opens a source's key; nothing of a source that our mixer has not. */
export function SourceKey({ console, source: id, name }: SourceKeyProps): JSX.Element | null {
  const source = useComputed(() => console.mixing.value.board?.sources.find((each) => each.id === id)).value;
  if (!source) return null;
  return (
    <button
      type="button"
      class={source.key ? "button button-small button-active" : "button button-small"}
      aria-haspopup="dialog"
      aria-label={say.keyOf(name)}
      title={source.key ? say.isKeyed : undefined}
      onClick={() => {
        console.sheet.value = { of: "key", source, name };
      }}
    >
      {say.key}
    </button>
  );
}

interface KeySheetProps {
  sheet: SourceSheet;
  console: Console;
  onClose: () => void;
}

/** What of a source's picture is see-through; it stays open, so that it can be set by eye. */
export function KeySheet({ sheet, console, onClose }: KeySheetProps): JSX.Element {
  const { mixing } = console;
  const { name, source: opened } = sheet;
  const source = useComputed(() => mixing.value.board?.sources.find(({ id }) => id === opened.id)).value;
  const onAir = useComputed(() => mixing.value.mixer?.tally[opened.id] === "program").value;
  const draft = useSignal<Key | null>(opened.key);
  const attempt = useMemo(() => new Attempt(), []);
  const set = (event: Event): void => {
    event.preventDefault();
    const tag = tagOf(mixing.peek(), "sources", opened.id);
    void attempt.run(() => sourcesApi.save({ ...(source ?? opened), key: draft.peek() }, tag));
  };
  return (
    <Dialog title={say.title(name)} onClose={onClose}>
      <form class="dialog-form" noValidate onSubmit={set}>
        <p class="desk-hint">{onAir ? `${say.onAir} ${say.everywhere}` : say.everywhere}</p>
        <Select
          label={say.kind}
          value={draft.value?.kind ?? "none"}
          options={KINDS.map((kind) => ({ value: kind, label: say.kinds[kind] }))}
          onChange={(kind) => {
            draft.value = keyOfKind(draft.peek(), kind as KeyKind);
          }}
        />
        <KeyFields draft={draft} attempt={attempt} />
        {source ? null : (
          <p class="field-error" role="alert">
            {framingTexts.gone}
          </p>
        )}
        <Refusal attempt={attempt} fields={[]} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {say.close}
          </button>
          <button type="submit" class="button button-primary" disabled={attempt.busy.value || !source}>
            {say.set}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface KeyFieldsProps {
  draft: Signal<Key | null>;
  attempt: Attempt;
}

function KeyFields({ draft, attempt }: KeyFieldsProps): JSX.Element | null {
  const key = draft.value;
  if (!key) return null;
  const share = (field: keyof typeof say & string, value: number): JSX.Element => (
    <NumberField
      key={field}
      label={say[field] as string}
      unit="%"
      least={0}
      most={100}
      value={hundredths(value)}
      error={refusedOfKey(attempt.errors.value, field)}
      onChange={(percent) => {
        draft.value = { ...key, [field]: percent / 100 };
      }}
    />
  );
  if (key.kind === "chroma") {
    return (
      <>
        <ColorField
          label={say.color}
          value={key.color}
          onChange={(color) => {
            draft.value = { ...key, color };
          }}
        />
        {OF_CHROMA.map((field) => share(field, key[field]))}
      </>
    );
  }
  return (
    <>
      {OF_LUMA.map((field) => share(field, key[field]))}
      <Checkbox
        label={say.invert}
        hint={say.invertHint}
        checked={key.invert}
        onChange={(invert) => {
          draft.value = { ...key, invert };
        }}
      />
    </>
  );
}
