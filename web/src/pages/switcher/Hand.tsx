import type { JSX } from "preact";
import { backstageApi } from "../../client/backstage";
import type { GuestView } from "../../client/types";
import type { Desk } from "../../state/desk";
import { raisedOf, unseenOf } from "../../state/hands";
import type { Operator } from "../../state/operator";
import { backstageTexts as say } from "../../texts.backstage";
import { HeldButton } from "../../ui/Held";
import "../../styles/hand.css";

/** A guest's raised hand, and the button that lowers it; nothing while it is down. */
export function Hand({ operator, guest }: { operator: Operator; guest: GuestView }): JSX.Element | null {
  const { commands } = operator;
  const key = `hand:${guest.id}`;
  if (guest.hand_raised === null) return null;
  return (
    <p class="hand" role="status">
      <b>{say.hand}</b>
      <HeldButton
        class="button button-small"
        aria-label={say.lowerHandOf(guest.name)}
        busy={commands.pending.value.has(key)}
        onClick={() =>
          void commands.run(key, say.handFailed(guest.name), () => backstageApi.lowerHand(guest.id))
        }
      >
        {say.lowerHand}
      </HeldButton>
    </p>
  );
}

/** How many hands are up, in the page's head; pressed, it goes to the first, and all of them were looked at. */
export function Hands({ operator, desk }: { operator: Operator; desk: Desk }): JSX.Element | null {
  const raised = raisedOf(desk);
  const [first] = raised;
  if (!first) return null;
  const isNew = unseenOf(desk, operator.handsSeen.value).length > 0;
  const look = (): void => {
    operator.lookAtHands();
    const tile = document.querySelector<HTMLElement>(`[data-guest="${CSS.escape(first.id)}"]`);
    tile?.scrollIntoView({ block: "center" });
    tile?.querySelector<HTMLElement>(".hand button")?.focus();
  };
  return (
    <button
      type="button"
      class={isNew ? "button button-small hands-new" : "button button-small"}
      title={say.handsTitle}
      onClick={look}
    >
      {say.hands(raised.length)}
    </button>
  );
}
