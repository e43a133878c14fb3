import { type Signal, useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { DeviceView } from "../../client/types";
import { ADDED_KINDS, type AddedKind } from "../../state/added-sources";
import type { Operator } from "../../state/operator";
import { FIELDS } from "../../state/source-draft";
import { SourceHand } from "../../state/source-hand";
import { deskTexts } from "../../texts.desk";
import { framingTexts } from "../../texts.framing";
import { mixerTexts } from "../../texts.mixer";
import { sceneTexts } from "../../texts.scenes";
import { sourcesTexts as say } from "../../texts.sources";
import { CloseQuestion, useClosing } from "../../ui/CloseQuestion";
import { Dialog } from "../../ui/Dialog";
import { HeldButton } from "../../ui/Held";
import { Refusal } from "../../ui/Refusal";
import { AddedSourceFields } from "./AddedSourceFields";
import { type Devices, useDevices } from "./use-devices";
import "../../styles/slots.css";

interface SheetProps {
  operator: Operator;
  onClose: () => void;
}

/** A source to be added, of whichever kind. */
export function AddSource({ operator, onClose }: SheetProps): JSX.Element {
  const hand = useMemo(() => new SourceHand(null, "url", operator.mixing), []);
  return <SourceSheet title={say.add} hand={hand} operator={operator} onClose={onClose} />;
}

interface ChangeProps extends SheetProps {
  sheet: NonNullable<Operator["console"]["sheet"]["value"]>;
}

/** A source that was added: its name, and where it comes from. */
export function ChangeSource({ sheet, operator, onClose }: ChangeProps): JSX.Element {
  const { source, name } = sheet;
  const hand = useMemo(() => new SourceHand(source, source.kind as AddedKind, operator.mixing), [source.id]);
  return <SourceSheet title={say.changeTitle(name)} hand={hand} operator={operator} onClose={onClose} />;
}

interface SourceSheetProps extends SheetProps {
  title: string;
  hand: SourceHand;
}

function SourceSheet({ title, hand, operator, onClose }: SourceSheetProps): JSX.Element {
  const devices = useDevices().value;
  const sources = useComputed(() => operator.mixing.value.board?.sources ?? []).value;
  const taken = sources.filter(({ kind, id }) => kind === "device" && id !== hand.opened?.id);
  const free = (devices.list ?? []).filter(({ url }) => !taken.some((each) => each.url === url));
  const { asked, mayClose } = useClosing(() => hand.isChanged.peek() && !hand.isGone.peek());
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (hand.missing.peek() || hand.isGone.peek()) return;
    if (await hand.save(free)) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose} mayClose={mayClose}>
      <form class="dialog-form" noValidate onSubmit={(event) => void save(event)}>
        {hand.isOnAir.value ? <p class="desk-hint">{framingTexts.onAir}</p> : null}
        {hand.opened ? null : <KindChoice hand={hand} devices={devices} free={free} />}
        <AddedSourceFields hand={hand} devices={free} library={operator.library} />
        <Foot hand={hand} asked={asked} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface KindProps {
  hand: SourceHand;
  devices: Devices;
  free: readonly DeviceView[];
}

/** What is to be added; why that cannot be a device where there is none. */
function KindChoice({ hand, devices, free }: KindProps): JSX.Element {
  const kind = hand.kind.value;
  const noDevice = devices.failure || (devices.list ? free.length === 0 && say.noDevices : say.askingDevices);
  return (
    <fieldset class="fieldset">
      <legend class="field-label">{say.kind}</legend>
      <div class="source-picks">
        {ADDED_KINDS.map((each) => (
          <HeldButton
            key={each}
            class={each === kind ? "button button-small button-active" : "button button-small"}
            aria-pressed={each === kind}
            why={each === "device" && noDevice}
            onClick={() => hand.choose(each)}
          >
            {say.kinds[each]}
          </HeldButton>
        ))}
      </div>
      <p class="field-note">{say.about[kind]}</p>
    </fieldset>
  );
}

interface FootProps {
  hand: SourceHand;
  asked: Signal<boolean>;
  onClose: () => void;
}

function Foot({ hand, asked, onClose }: FootProps): JSX.Element {
  const isGone = hand.isGone.value;
  return (
    <>
      {isGone || hand.isOvertaken.value ? (
        <p class="field-error" role="alert">
          {isGone ? framingTexts.gone : framingTexts.overtaken}
        </p>
      ) : null}
      <Refusal attempt={hand.attempt} fields={FIELDS[hand.kind.value].filter((field) => field !== "color")} />
      {asked.value ? (
        <CloseQuestion asked={asked} onClose={onClose} />
      ) : (
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {deskTexts.cancel}
          </button>
          <SaveButton hand={hand} />
        </div>
      )}
    </>
  );
}

function SaveButton({ hand }: { hand: SourceHand }): JSX.Element {
  const busy = hand.attempt.busy.value;
  const usual = hand.isOnAir.value ? framingTexts.saveOnAir : sceneTexts.save;
  const adds = busy ? mixerTexts.adding : mixerTexts.add;
  return (
    <HeldButton
      type="submit"
      class="button button-primary"
      busy={busy}
      why={hand.isGone.value ? framingTexts.gone : hand.missing.value}
    >
      {hand.opened ? usual : adds}
    </HeldButton>
  );
}
