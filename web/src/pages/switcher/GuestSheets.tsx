import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { deskApi } from "../../client/api";
import type { GuestView } from "../../client/types";
import { Attempt } from "../../state/attempt";
import { errorAt } from "../../state/field-errors";
import { isOnAir } from "../../state/light";
import type { GuestSheet, Operator } from "../../state/operator";
import { isHere } from "../../state/threads";
import { backstageTexts } from "../../texts.backstage";
import { deskTexts as say } from "../../texts.desk";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";
import { Refusal } from "../../ui/Refusal";
import { hold, runner } from "./Actions";
import { AskLines } from "./AskLines";
import { SwitchSheet } from "./CarrierWay";
import { DevicesSheet } from "./DevicesSheet";
import { RestartSheet } from "./RestartSheet";
import { SheetActions } from "./SheetActions";
import { SCREEN_FIELDS, ToScreen } from "./ToScreen";

interface SheetProps {
  operator: Operator;
  guest: GuestView;
  /** Nothing reaches them any more. */
  isGone: boolean;
  onClose: () => void;
}

const SHEETS: Record<Exclude<GuestSheet["of"], "carrier" | "restart">, (props: SheetProps) => JSX.Element> = {
  screen: ({ operator, guest, isGone, onClose }) => (
    <ToScreen asks={operator.asks} guest={guest} isGone={isGone} onClose={onClose}>
      <Gone guest={guest} isGone={isGone} />
      <AskLines operator={operator} guest={guest} fields={SCREEN_FIELDS} />
    </ToScreen>
  ),
  devices: ({ operator, guest, isGone, onClose }) => (
    <DevicesSheet asks={operator.asks} guest={isGone ? { ...guest, away: true } : guest} onClose={onClose}>
      <Gone guest={guest} isGone={isGone} />
      <AskLines operator={operator} guest={guest} />
    </DevicesSheet>
  ),
  rename: RenameSheet,
  hold: HoldSheet,
  remove: RemoveSheet,
};

/** The sheet about a guest that is open: what is typed there stays theirs, wherever they are moved, and until it is closed. */
export function GuestSheets({ operator }: { operator: Operator }): JSX.Element | null {
  const sheet = operator.guestSheet.value;
  return sheet && <Sheet key={`${sheet.of} ${sheet.guest.id}`} operator={operator} sheet={sheet} />;
}

function Sheet({ operator, sheet }: { operator: Operator; sheet: GuestSheet }): JSX.Element {
  const known = useRef(sheet.guest);
  const now = operator.desk.value?.guests.get(sheet.guest.id);
  if (now) known.current = now;
  const isGone = !(now && isHere(now));
  // Nothing stands on the screen of who has left.
  const guest = isGone ? { ...known.current, on_screen: null } : known.current;
  const close = (): void => {
    operator.guestSheet.value = null;
  };
  const props = { operator, guest, isGone, onClose: close };
  if (sheet.of === "carrier")
    return (
      <SwitchSheet {...props} to={sheet.to}>
        <Gone guest={guest} isGone={isGone} />
      </SwitchSheet>
    );
  if (sheet.of === "restart")
    return (
      <RestartSheet {...props} what={sheet.what}>
        <Gone guest={guest} isGone={isGone} />
      </RestartSheet>
    );
  const Of = SHEETS[sheet.of];
  return <Of {...props} />;
}

function Gone({ guest, isGone }: Pick<SheetProps, "guest" | "isGone">): JSX.Element | null {
  if (!isGone) return null;
  return (
    <p class="field-error" role="alert">
      {backstageTexts.sheetGone(guest.name)}
    </p>
  );
}

function RenameSheet({ guest, isGone, onClose }: SheetProps): JSX.Element {
  const { current: opened } = useRef(guest.name);
  const name = useSignal(opened);
  const attempt = useMemo(() => new Attempt(), []);
  const isOvertaken = guest.name !== opened && !attempt.busy.value;
  const given = name.value.trim();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!given || isGone) return;
    if (given === guest.name || (await attempt.run(() => deskApi.rename(guest, given)))) onClose();
  };
  return (
    <Dialog title={say.renameTitle(guest.name)} onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void submit(event)}>
        <Gone guest={guest} isGone={isGone} />
        {isOvertaken && !isGone ? (
          <p class="field-error" role="alert">
            {say.renamedBy(guest.name)}
          </p>
        ) : null}
        <TextField
          label={say.name}
          value={name.value}
          error={given ? errorAt(attempt.errors.value, "name") : say.nameMissing}
          onInput={(value) => {
            name.value = value;
          }}
        />
        <Refusal attempt={attempt} fields={["name"]} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {say.cancel}
          </button>
          <HeldButton
            type="submit"
            class="button button-primary"
            busy={attempt.busy.value}
            why={isGone ? backstageTexts.sheetGone(guest.name) : !given && say.nameMissing}
          >
            {say.save}
          </HeldButton>
        </div>
      </form>
    </Dialog>
  );
}

function HoldSheet({ operator, guest, isGone, onClose }: SheetProps): JSX.Element {
  const actions = [{ label: say.hold, isSolid: true, act: () => hold(operator, guest) }];
  return (
    <Dialog title={say.holdTitle(guest.name)} onClose={onClose}>
      <Gone guest={guest} isGone={isGone} />
      {isOnAir(guest) ? <p>{say.holdOnAir}</p> : null}
      <SheetActions guest={guest} isGone={isGone} onClose={onClose} actions={actions} />
    </Dialog>
  );
}

function RemoveSheet({ operator, guest, isGone, onClose }: SheetProps): JSX.Element {
  const remove = (block: boolean): void =>
    runner(operator, guest)(say.remove, () => deskApi.remove(guest.id, block));
  const actions = [
    { label: say.removeBlock, isSolid: false, act: () => remove(true) },
    { label: say.removeOnly, isSolid: true, act: () => remove(false) },
  ];
  return (
    <Dialog title={say.removeTitle(guest.name)} onClose={onClose}>
      <Gone guest={guest} isGone={isGone} />
      <p>{say.removeDetail}</p>
      <SheetActions guest={guest} isGone={isGone} onClose={onClose} actions={actions} />
    </Dialog>
  );
}
