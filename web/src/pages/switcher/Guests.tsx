import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ALL } from "../../client/talkback";
import type { GuestView, SeatView } from "../../client/types";
import { comingOf, type Desk, freeSeats, guestIn, lobbyOf } from "../../state/desk";
import { duration } from "../../state/format";
import { playoutOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { backstageTexts } from "../../texts.backstage";
import { deskTexts } from "../../texts.desk";
import { Chip } from "../../ui/Chip";
import { GuestTile, SeatColor } from "../../ui/GuestTile";
import { Icon } from "../../ui/Icon";
import { stays } from "../../ui/leave-focus";
import { GuestActions, LobbyActions } from "./Actions";
import { CarrierWay } from "./CarrierWay";
import { FramingButton } from "./FramingButton";
import { GuestAsks } from "./GuestAsks";
import { Hand } from "./Hand";
import { NameOnAir } from "./NameOnAir";
import { SourceKey } from "./SourceKey";
import { TalkButton, TalkLine } from "./Talk";
import { LeaveButton, TestGuestButton } from "./TestGuest";
import { useLooking } from "./use-looking";

/** The seats, who sits in them, and what can be done. */
export function Seats({ operator, desk }: { operator: Operator; desk: Desk }): JSX.Element {
  const coming = comingOf(desk);
  const isEmpty =
    coming.length + lobbyOf(desk).length === 0 && desk.seats.every(({ guest }) => guest === null);
  return (
    <section {...stays} aria-label={deskTexts.seats}>
      <header class="desk-section">
        <h2>{deskTexts.seats}</h2>
        <TalkLine operator={operator} desk={desk} />
        <TestGuestButton operator={operator} />
        <TalkButton operator={operator} to={ALL} name="" />
      </header>
      {isEmpty ? <p class="desk-nobody desk-first">{backstageTexts.testGuestHint}</p> : null}
      {coming.map((guest) => (
        <p key={guest.id} class="desk-coming" role="status">
          {backstageTexts.coming(guest.name)} <LeaveButton operator={operator} guest={guest} />
        </p>
      ))}
      <div class="desk-grid">
        {desk.seats.map((seat) => {
          const guest = guestIn(desk, seat);
          return guest ? (
            <SeatTile key={guest.id} operator={operator} desk={desk} seat={seat} guest={guest} />
          ) : (
            <EmptySeat key={seat.name} operator={operator} seat={seat} />
          );
        })}
      </div>
    </section>
  );
}

interface SeatTileProps {
  operator: Operator;
  desk: Desk;
  seat: SeatView;
  guest: GuestView;
}

function SeatTile({ operator, desk, seat, guest }: SeatTileProps): JSX.Element {
  const playout = useComputed(() => playoutOf(operator.mixing.value, seat.name)).value;
  return (
    <GuestTile
      guest={guest}
      operator={operator}
      title={<SeatTitle seat={seat} />}
      way={<CarrierWay guest={guest} carriers={desk.carriers} operator={operator} />}
      playout={playout}
      views={operator}
    >
      <Hand operator={operator} guest={guest} />
      <GuestAsks operator={operator} guest={guest} />
      <TalkButton operator={operator} to={guest.id} name={guest.name} />
      <NameOnAir operator={operator} seat={seat} guest={guest} />
      <FramingButton source={seat.name} name={guest.name} console={operator.console} />
      <SourceKey console={operator.console} source={seat.name} name={guest.name} />
      <LeaveButton operator={operator} guest={guest} />
      <GuestActions guest={guest} operator={operator} />
    </GuestTile>
  );
}

function SeatTitle({ seat }: { seat: SeatView }): JSX.Element {
  return (
    <>
      {seat.label}
      {seat.held_for_ms === null ? null : <Countdown key={seat.held_for_ms} from={seat.held_for_ms} />}
    </>
  );
}

/** Control says once how long a seat is held; the page counts from there. */
function Countdown({ from }: { from: number }): JSX.Element {
  const left = useSignal(from);
  useEffect(() => {
    const started = performance.now();
    const timer = setInterval(() => {
      left.value = from - (performance.now() - started);
    }, 1000);
    return () => clearInterval(timer);
  }, [from]);
  return <> · {deskTexts.heldFor(duration(left.value))}</>;
}

function EmptySeat({ operator, seat }: { operator: Operator; seat: SeatView }): JSX.Element {
  const say = deskTexts;
  return (
    <article class="tile tile-empty" aria-label={seat.label}>
      <header class="tile-head">
        <SeatColor color={seat.color} />
        <h3 class="tile-name">{seat.label}</h3>
        <NameOnAir operator={operator} seat={seat} guest={null} />
        <button
          type="button"
          class="button button-small"
          aria-haspopup="dialog"
          aria-label={say.inviteTo(seat.label)}
          onClick={() => {
            operator.inviting.value = { seat: seat.name };
          }}
        >
          <Icon name="link" />
          {say.inviteHere}
        </button>
        <span class="tile-chips">
          <Chip tone="off">
            {seat.held_for_ms === null ? say.free : say.heldFor(duration(seat.held_for_ms))}
          </Chip>
        </span>
      </header>
    </article>
  );
}

/** Who waits, and what can be done with them. */
export function Lobby({ operator, desk }: { operator: Operator; desk: Desk }): JSX.Element {
  const waiting = lobbyOf(desk);
  const section = useLooking<HTMLElement>(operator.alerts, "knock");
  return (
    <section {...stays} ref={section} class="desk-lobby" aria-label={deskTexts.lobby}>
      <h2 class="desk-section">
        {deskTexts.lobby} {waiting.length > 0 ? <span class="desk-count">{waiting.length}</span> : null}
      </h2>
      {waiting.length === 0 ? <p class="desk-nobody">{deskTexts.lobbyEmpty}</p> : null}
      {waiting.map((guest) => (
        <GuestTile
          key={guest.id}
          guest={guest}
          operator={operator}
          title=""
          way={<CarrierWay guest={guest} carriers={desk.carriers} operator={operator} />}
          views={operator}
        >
          <Hand operator={operator} guest={guest} />
          {guest.state === "lobby" ? <GuestAsks operator={operator} guest={guest} /> : null}
          {guest.state === "lobby" ? (
            <TalkButton operator={operator} to={guest.id} name={guest.name} />
          ) : null}
          <LeaveButton operator={operator} guest={guest} />
          <LobbyActions guest={guest} seats={freeSeats(desk)} operator={operator} />
        </GuestTile>
      ))}
    </section>
  );
}
