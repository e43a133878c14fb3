import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { deskApi } from "../../client/api";
import type { GuestView, SeatView } from "../../client/types";
import type { Commands } from "../../state/commands";
import { deskTexts } from "../../texts.desk";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { SeatColor } from "../../ui/GuestTile";

interface ActionsProps {
  guest: GuestView;
  commands: Commands;
}

type Run = (title: string, work: () => Promise<unknown>) => void;

const say = deskTexts;

const runner =
  ({ guest, commands }: ActionsProps): Run =>
  (title, work) =>
    void commands.run(guest.id, say.commandFailed(title, guest.name), work);

/** What can be done with a seated guest. */
export function GuestActions(props: ActionsProps): JSX.Element {
  const { guest, commands } = props;
  const busy = commands.pending.value.has(guest.id);
  return (
    <>
      <button
        type="button"
        class="button button-small"
        disabled={busy}
        onClick={() => runner(props)(say.hold, () => deskApi.hold(guest.id))}
      >
        {say.hold}
      </button>
      <CommonActions {...props} />
    </>
  );
}

/** What can be done with a guest in the lobby: bring them to a free seat. */
export function LobbyActions({
  seats,
  ...props
}: ActionsProps & { seats: readonly SeatView[] }): JSX.Element {
  const { guest, commands } = props;
  const busy = commands.pending.value.has(guest.id);
  return (
    <>
      <CommonActions {...props} />
      <div class="tile-seats">
        <span>{seats.length > 0 ? say.seatIn : say.noFreeSeat}</span>
        {seats.map((seat) => (
          <button
            key={seat.name}
            type="button"
            class="button button-small"
            disabled={busy}
            onClick={() => runner(props)(seat.label, () => deskApi.seat(guest.id, seat.name))}
          >
            <SeatColor color={seat.color} />
            {seat.label}
          </button>
        ))}
      </div>
    </>
  );
}

function CommonActions(props: ActionsProps): JSX.Element {
  const { guest, commands } = props;
  const sheet = useSignal<"rename" | "remove" | null>(null);
  const busy = commands.pending.value.has(guest.id);
  const close = (): void => {
    sheet.value = null;
  };
  const act: Run = (title, work) => {
    close();
    runner(props)(title, work);
  };
  return (
    <>
      <button
        type="button"
        class="button button-small"
        disabled={busy}
        onClick={() => (sheet.value = "rename")}
      >
        {say.rename}
      </button>
      <button
        type="button"
        class="button button-small button-danger"
        disabled={busy}
        onClick={() => (sheet.value = "remove")}
      >
        {say.remove}
      </button>
      {sheet.value === "rename" ? <RenameSheet guest={guest} act={act} onClose={close} /> : null}
      {sheet.value === "remove" ? <RemoveSheet guest={guest} act={act} onClose={close} /> : null}
    </>
  );
}

interface SheetProps {
  guest: GuestView;
  act: Run;
  onClose: () => void;
}

function RenameSheet({ guest, act, onClose }: SheetProps): JSX.Element {
  const name = useSignal(guest.name);
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = name.value.trim();
    if (given) act(say.rename, () => deskApi.rename(guest.id, given));
  };
  return (
    <Dialog title={say.renameTitle(guest.name)} onClose={onClose}>
      <form class="dialog-form" onSubmit={submit}>
        <TextField
          label={say.name}
          value={name.value}
          onInput={(value) => {
            name.value = value;
          }}
        />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {say.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={!name.value.trim()}>
            {say.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function RemoveSheet({ guest, act, onClose }: SheetProps): JSX.Element {
  const remove = (block: boolean): void => act(say.remove, () => deskApi.remove(guest.id, block));
  return (
    <Dialog title={say.removeTitle(guest.name)} onClose={onClose}>
      <p>{say.removeDetail}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {say.cancel}
        </button>
        <button type="button" class="button button-danger" onClick={() => remove(true)}>
          {say.removeBlock}
        </button>
        <button type="button" class="button button-danger-solid" onClick={() => remove(false)}>
          {say.removeOnly}
        </button>
      </div>
    </Dialog>
  );
}
