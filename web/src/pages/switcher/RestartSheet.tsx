import type { ComponentChildren, JSX } from "preact";
import type { GuestView } from "../../client/types";
import { isOnAir } from "../../state/light";
import type { Operator } from "../../state/operator";
import { mayBeOnAir, RelayHand, type Restarted } from "../../state/relay-hand";
import { backstageTexts } from "../../texts.backstage";
import { deskTexts as say } from "../../texts.desk";
import { Dialog } from "../../ui/Dialog";
import { HeldButton } from "../../ui/Held";

interface RestartSheetProps {
  operator: Operator;
  guest: GuestView;
  what: Restarted;
  /** Nothing reaches them any more. */
  isGone: boolean;
  /** What is said of that. */
  children: ComponentChildren;
  onClose: () => void;
}

/** What goes well to where somebody watches is not restarted by a slip of the hand. */
export function RestartSheet(props: RestartSheetProps): JSX.Element {
  const { operator, guest, what, isGone, children, onClose } = props;
  const act = (): void => {
    onClose();
    void new RelayHand(guest, operator).restart(what);
  };
  return (
    <Dialog title={say.restartTitle(guest.name)} onClose={onClose}>
      {children}
      <p>{what === null ? say.restartAllDetail : say.restartDetail(what.destination.url)}</p>
      {mayBeOnAir(guest) ? <p>{isOnAir(guest) ? say.restartOnAir : say.restartPerhaps}</p> : null}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {say.cancel}
        </button>
        <HeldButton
          class="button button-danger-solid"
          why={isGone && backstageTexts.sheetGone(guest.name)}
          onClick={act}
        >
          {say.restartRelay}
        </HeldButton>
      </div>
    </Dialog>
  );
}
