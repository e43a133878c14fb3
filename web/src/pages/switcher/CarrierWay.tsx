import type { ComponentChildren, JSX } from "preact";
import { deskApi } from "../../client/api";
import type { CarrierKind, GuestView } from "../../client/types";
import type { Operator } from "../../state/operator";
import { sessionOf } from "../../state/status";
import { otherCarrier, wayOf } from "../../state/way";
import { backstageTexts } from "../../texts.backstage";
import { deskTexts } from "../../texts.desk";
import { Dialog } from "../../ui/Dialog";
import { HeldButton } from "../../ui/Held";
import { Way } from "../../ui/Way";

const say = deskTexts;

/** Have a guest come by another carrier. */
const change = ({ commands }: Operator, { id, name }: GuestView, to: CarrierKind): void =>
  void commands.run(id, say.switchTo[to](name), () => deskApi.carrier(id, to));

interface CarrierWayProps {
  guest: GuestView;
  carriers: readonly CarrierKind[];
  operator: Operator;
}

/** A guest's carrier, and the switch to the other one; nothing where there is no other and nothing is wrong. */
export function CarrierWay({ guest, carriers, operator }: CarrierWayProps): JSX.Element | null {
  const session = sessionOf(guest, "camera");
  const { carrier, reason } = wayOf(guest, session);
  const other = otherCarrier(carriers, session ? carrier : guest.carrier);
  if (other === undefined && !reason) return null;
  const press = (to: CarrierKind): void => {
    if (session && session.state !== "waiting") operator.guestSheet.value = { of: "carrier", to, guest };
    else change(operator, guest, to);
  };
  return (
    <Way guest={guest} session={session}>
      {other ? (
        <HeldButton
          class={reason ? "button button-small" : "button button-small button-quiet"}
          aria-label={say.switchTo[other](guest.name)}
          busy={operator.commands.pending.value.has(guest.id)}
          onClick={() => press(other)}
        >
          {say.switchShort[other]}
        </HeldButton>
      ) : null}
    </Way>
  );
}

interface SwitchSheetProps {
  operator: Operator;
  guest: GuestView;
  to: CarrierKind;
  /** Nothing reaches them any more. */
  isGone: boolean;
  /** What is said of that. */
  children: ComponentChildren;
  onClose: () => void;
}

/** Somebody who is seen now would vanish for a moment: that is no slip of the hand. */
export function SwitchSheet(props: SwitchSheetProps): JSX.Element {
  const { operator, guest, to, isGone, children, onClose } = props;
  const act = (): void => {
    onClose();
    change(operator, guest, to);
  };
  return (
    <Dialog title={say.switchTitle(say.switchTo[to](guest.name))} onClose={onClose}>
      {children}
      <p>{say.switchDetail}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {say.cancel}
        </button>
        <HeldButton
          class="button button-primary"
          why={isGone && backstageTexts.sheetGone(guest.name)}
          onClick={act}
        >
          {say.switchYes}
        </HeldButton>
      </div>
    </Dialog>
  );
}
