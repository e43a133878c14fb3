import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { mixerApi } from "../../client/mixer";
import type { GuestView, SeatView } from "../../client/types";
import { type LowerThird, lowerThirdOf } from "../../state/lower-third";
import type { Operator } from "../../state/operator";
import { mixerTexts as say } from "../../texts.mixer";
import { HeldButton } from "../../ui/Held";

interface NameOnAirProps {
  operator: Operator;
  seat: SeatView;
  /** Who is in the seat; null where only a name that was left on air can be taken off. */
  guest: GuestView | null;
}

/** Whether a seat's lower third is on air, and the button for it; nothing where another program mixes. */
export function NameOnAir({ operator, seat, guest }: NameOnAirProps): JSX.Element | null {
  const { commands, mixing } = operator;
  const isOurs = useComputed(() => mixing.value.board !== null).value;
  const third = useComputed(() => lowerThirdOf(mixing.value, seat.name)).value;
  if (!isOurs || (!guest && third?.shows == null)) return null;
  const key = `lower-third:${seat.name}`;
  const isOn = third?.shows != null;
  const toggle = ({ id }: LowerThird): void =>
    void commands.run(key, say.failed.name(guest?.name ?? seat.label), () =>
      isOn ? mixerApi.hideOverlay(id) : mixerApi.showName(seat.name),
    );
  return (
    <HeldButton
      class={isOn ? "button button-small tile-toggle button-on-air" : "button button-small tile-toggle"}
      title={isOn ? say.hideName : undefined}
      why={!third && say.away[0]}
      aria-pressed={isOn}
      isComing={third?.isPending || commands.pending.value.has(key)}
      onClick={() => third && toggle(third)}
    >
      {third?.shows != null && third.shows !== guest?.name ? say.otherOnAir(third.shows) : say.nameOnAir}
    </HeldButton>
  );
}
