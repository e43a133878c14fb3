import type { ComponentChildren, JSX } from "preact";
import type { GuestView } from "../../client/types";
import { isOnAir } from "../../state/light";
import type { Operator } from "../../state/operator";
import { mayBeOnAir, RelayHand, type Restarted } from "../../state/relay-hand";
import { deskTexts as say } from "../../texts.desk";
import { Dialog } from "../../ui/Dialog";
import { SheetActions } from "./SheetActions";

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
  const act = (): void => void new RelayHand(guest, operator).restart(what);
  return (
    <Dialog title={say.restartTitle(guest.name)} onClose={onClose}>
      {children}
      <p>{what === null ? say.restartAllDetail : say.restartDetail(what.destination.url)}</p>
      {mayBeOnAir(guest) ? <p>{isOnAir(guest) ? say.restartOnAir : say.restartPerhaps}</p> : null}
      <SheetActions
        guest={guest}
        isGone={isGone}
        onClose={onClose}
        actions={[{ label: say.restartRelay, isSolid: true, act }]}
      />
    </Dialog>
  );
}
