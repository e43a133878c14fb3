import type { JSX } from "preact";
import { deskApi } from "../../client/api";
import type { GuestView, SeatView } from "../../client/types";
import { isOnAir } from "../../state/light";
import type { Operator } from "../../state/operator";
import { deskTexts } from "../../texts.desk";
import { SeatColor } from "../../ui/GuestTile";
import { HeldButton } from "../../ui/Held";

interface ActionsProps {
  guest: GuestView;
  operator: Operator;
}

const say = deskTexts;

/** One thing at a time is done with a guest. */
export const runner =
  ({ commands }: Operator, { id, name }: GuestView) =>
  (title: string, work: () => Promise<unknown>): void =>
    void commands.run(id, say.commandFailed(title, name), work);

/** To the lobby, where nobody but operators sees and hears them. */
export const hold = (operator: Operator, guest: GuestView): void =>
  runner(operator, guest)(say.hold, () => deskApi.hold(guest.id));

/** What can be done with a seated guest; whom the audience sees or hears goes after one question. */
export function GuestActions(props: ActionsProps): JSX.Element {
  const { guest, operator } = props;
  const busy = operator.commands.pending.value.has(guest.id);
  const asks = isOnAir(guest);
  const press = (): void => {
    if (asks) operator.guestSheet.value = { of: "hold", guest };
    else hold(operator, guest);
  };
  return (
    <>
      <HeldButton
        class="button button-small"
        aria-haspopup={asks ? "dialog" : undefined}
        busy={busy}
        onClick={press}
      >
        {say.hold}
      </HeldButton>
      <CommonActions {...props} />
    </>
  );
}

/** What can be done with a guest in the lobby: bring them to a free seat. */
export function LobbyActions({
  seats,
  ...props
}: ActionsProps & { seats: readonly SeatView[] }): JSX.Element {
  const { guest, operator } = props;
  const busy = operator.commands.pending.value.has(guest.id);
  return (
    <>
      <CommonActions {...props} />
      <div class="tile-seats">
        <span>{seats.length > 0 ? say.seatIn : say.noFreeSeat}</span>
        {seats.map((seat) => (
          <HeldButton
            key={seat.name}
            class="button button-small"
            busy={busy}
            onClick={() => runner(operator, guest)(seat.label, () => deskApi.seat(guest.id, seat.name))}
          >
            <SeatColor color={seat.color} />
            {seat.label}
          </HeldButton>
        ))}
      </div>
    </>
  );
}

/** A test guest has no link that could be blocked: to have them leave is all, and has a button of its own. */
function CommonActions({ guest, operator }: ActionsProps): JSX.Element {
  const busy = operator.commands.pending.value.has(guest.id);
  const open = (of: "rename" | "remove"): void => {
    operator.guestSheet.value = { of, guest };
  };
  return (
    <>
      <HeldButton
        class="button button-small"
        aria-haspopup="dialog"
        busy={busy}
        onClick={() => open("rename")}
      >
        {say.rename}
      </HeldButton>
      {guest.synthetic ? null : (
        <HeldButton
          class="button button-small button-danger"
          aria-haspopup="dialog"
          busy={busy}
          onClick={() => open("remove")}
        >
          {say.remove}
        </HeldButton>
      )}
    </>
  );
}
