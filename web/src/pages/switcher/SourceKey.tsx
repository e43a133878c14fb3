import { useComputed, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Console, SourceSheet } from "../../state/console";
import { hundredths } from "../../state/format";
import { KeyHand } from "../../state/key-hand";
import { type KeyKind, keyOfKind, refusedOfKey } from "../../state/source-key";
import { framingTexts } from "../../texts.framing";
import { keyTexts as say } from "../../texts.key";
import { CloseQuestion, useClosing } from "../../ui/CloseQuestion";
import { Dialog } from "../../ui/Dialog";
import { Checkbox, ColorField, NumberField, Select } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";
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
  const hand = useMemo(() => new KeyHand(sheet.source, console.mixing), [sheet]);
  useSignalEffect(() => hand.follow());
  const { asked, mayClose } = useClosing(() => hand.isChanged.peek() && hand.source.peek() !== null);
  const set = (event: Event): void => {
    event.preventDefault();
    void hand.set();
  };
  return (
    <Dialog title={say.title(sheet.name)} onClose={onClose} mayClose={mayClose}>
      <form class="dialog-form" noValidate onSubmit={set}>
        <p class="desk-hint">{hand.isOnAir.value ? `${say.onAir} ${say.everywhere}` : say.everywhere}</p>
        <Select
          label={say.kind}
          value={hand.draft.value?.kind ?? "none"}
          options={KINDS.map((kind) => ({ value: kind, label: say.kinds[kind] }))}
          onChange={(kind) => hand.change(keyOfKind(hand.draft.peek(), kind as KeyKind))}
        />
        <KeyFields hand={hand} />
        <Foot hand={hand} />
        {asked.value ? (
          <CloseQuestion asked={asked} onClose={onClose} />
        ) : (
          <Doings hand={hand} onClose={() => (mayClose() ? onClose() : undefined)} />
        )}
      </form>
    </Dialog>
  );
}

function Foot({ hand }: { hand: KeyHand }): JSX.Element {
  const isGone = hand.source.value === null;
  return (
    <>
      {isGone || hand.isOvertaken.value ? (
        <p class="field-error" role="alert">
          {isGone ? framingTexts.gone : say.overtaken}
        </p>
      ) : null}
      <Refusal attempt={hand.attempt} fields={[]} />
    </>
  );
}

function Doings({ hand, onClose }: { hand: KeyHand; onClose: () => void }): JSX.Element {
  return (
    <div class="dialog-actions">
      <p class="desk-hint dialog-state" role="status">
        {hand.isSet.value ? say.isSet : ""}
      </p>
      <button type="button" class="button" onClick={onClose}>
        {say.close}
      </button>
      <HeldButton
        type="submit"
        class="button button-primary"
        busy={hand.attempt.busy.value}
        why={hand.source.value === null && framingTexts.gone}
      >
        {say.set}
      </HeldButton>
    </div>
  );
}

function KeyFields({ hand }: { hand: KeyHand }): JSX.Element | null {
  const key = hand.draft.value;
  const { errors } = hand.attempt;
  if (!key) return null;
  const share = (field: keyof typeof say & string, value: number): JSX.Element => (
    <NumberField
      key={field}
      label={say[field] as string}
      unit="%"
      least={0}
      most={100}
      value={hundredths(value)}
      error={refusedOfKey(errors.value, field)}
      onChange={(percent) => hand.change({ ...key, [field]: percent / 100 })}
    />
  );
  if (key.kind === "chroma") {
    return (
      <>
        <ColorField
          label={say.color}
          value={key.color}
          onChange={(color) => hand.change({ ...key, color })}
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
        onChange={(invert) => hand.change({ ...key, invert })}
      />
    </>
  );
}
