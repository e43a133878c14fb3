import type { JSX } from "preact";
import type { GuestView } from "../../client/types";
import { backstageTexts } from "../../texts.backstage";
import { deskTexts as say } from "../../texts.desk";
import { HeldButton } from "../../ui/Held";

interface Action {
  label: string;
  /** Of two that differ in how much they take away, the one that is meant more often is solid. */
  isSolid: boolean;
  act: () => void;
}

interface SheetActionsProps {
  guest: GuestView;
  /** Nothing reaches them any more. */
  isGone: boolean;
  onClose: () => void;
  actions: Action[];
}

/** The way out of a sheet about a guest, and what it takes away from them: closed before that is done. */
export function SheetActions({ guest, isGone, onClose, actions }: SheetActionsProps): JSX.Element {
  return (
    <div class="dialog-actions">
      <button type="button" class="button" onClick={onClose}>
        {say.cancel}
      </button>
      {actions.map(({ label, isSolid, act }) => (
        <HeldButton
          key={label}
          class={`button ${isSolid ? "button-danger-solid" : "button-danger"}`}
          why={isGone && backstageTexts.sheetGone(guest.name)}
          onClick={() => {
            onClose();
            act();
          }}
        >
          {label}
        </HeldButton>
      ))}
    </div>
  );
}
