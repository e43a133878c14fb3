import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { deskApi } from "../../client/api";
import type { CarrierKind, GuestView } from "../../client/types";
import type { Commands } from "../../state/commands";
import { sessionOf } from "../../state/status";
import { otherCarrier, wayOf } from "../../state/way";
import { deskTexts } from "../../texts.desk";
import { Dialog } from "../../ui/Dialog";
import { Way } from "../../ui/Way";

const say = deskTexts;

interface CarrierWayProps {
  guest: GuestView;
  carriers: readonly CarrierKind[];
  commands: Commands;
}

/** A guest's carrier, and the switch to the other one; nothing where there is no other and nothing is wrong. */
export function CarrierWay({ guest, carriers, commands }: CarrierWayProps): JSX.Element | null {
  const asking = useSignal(false);
  const session = sessionOf(guest, "camera");
  const { carrier, reason } = wayOf(guest, session);
  const other = otherCarrier(carriers, session ? carrier : guest.carrier);
  if (other === undefined && !reason) return null;
  const change = (to: CarrierKind): void => {
    asking.value = false;
    void commands.run(guest.id, say.switchTo[to](guest.name), () => deskApi.carrier(guest.id, to));
  };
  const press = (to: CarrierKind): void => {
    if (session && session.state !== "waiting") asking.value = true;
    else change(to);
  };
  return (
    <Way guest={guest} session={session}>
      {other ? (
        <button
          type="button"
          class={reason ? "button button-small" : "button button-small button-quiet"}
          aria-label={say.switchTo[other](guest.name)}
          disabled={commands.pending.value.has(guest.id)}
          onClick={() => press(other)}
        >
          {say.use[other]}
        </button>
      ) : null}
      {other && asking.value ? (
        <SwitchSheet
          name={guest.name}
          to={other}
          onSwitch={() => change(other)}
          onClose={() => {
            asking.value = false;
          }}
        />
      ) : null}
    </Way>
  );
}

interface SwitchSheetProps {
  name: string;
  to: CarrierKind;
  onSwitch: () => void;
  onClose: () => void;
}

/** Somebody who is seen now would vanish for a moment: that is no slip of the hand. */
function SwitchSheet({ name, to, onSwitch, onClose }: SwitchSheetProps): JSX.Element {
  return (
    <Dialog title={say.switchTitle(say.switchTo[to](name))} onClose={onClose}>
      <p>{say.switchDetail}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {say.cancel}
        </button>
        <button type="button" class="button button-primary" onClick={onSwitch}>
          {say.switchYes}
        </button>
      </div>
    </Dialog>
  );
}
