import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ALL } from "../../client/talkback";
import type { CostView, GuestView, SeatView } from "../../client/types";
import type { Commands } from "../../state/commands";
import { type Desk, freeSeats, guestIn, lobbyOf } from "../../state/desk";
import { dollars, duration, gigabytes, sentences } from "../../state/format";
import { playoutOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { texts } from "../../texts";
import { deskTexts } from "../../texts.desk";
import { Chip } from "../../ui/Chip";
import { GuestTile, SeatColor } from "../../ui/GuestTile";
import { Icon } from "../../ui/Icon";
import { Message } from "../../ui/Message";
import { Notice } from "../../ui/Notice";
import { GuestActions, LobbyActions } from "./Actions";
import { CarrierWay } from "./CarrierWay";
import { InviteDialog } from "./InviteDialog";
import { NameOnAir } from "./NameOnAir";
import { ProgramDesk } from "./ProgramDesk";
import { TalkButton, TalkLine } from "./Talk";
import { Warnings } from "./Warnings";
import "../../styles/switcher.css";

function Opening({ late }: { late: boolean }): JSX.Element {
  const [title, detail] = deskTexts.late;
  if (!late) return <Message tone="wait" title={deskTexts.loading} />;
  return <Message tone="warn" title={title} detail={detail} />;
}

/** The operator's page: who is here, how they arrive, and where they sit. */
export function SwitcherPage({ operator }: { operator: Operator }): JSX.Element {
  const inviting = useSignal(false);
  const desk = operator.desk.value;
  const [title, detail] = deskTexts.locked;
  if (operator.locked.value) return <Message tone="bad" title={title} detail={detail} />;
  if (!desk) return <Opening late={operator.late.value} />;
  return (
    <div class="desk">
      <header class="desk-head">
        <h1>
          <span class="brand">{texts.brand}</span> {deskTexts.title}
        </h1>
        <Warnings operator={operator} desk={desk} />
        <Cost cost={operator.cost.value} />
        <button
          type="button"
          class="button button-primary"
          aria-haspopup="dialog"
          onClick={() => {
            inviting.value = true;
          }}
        >
          <Icon name="link" />
          {deskTexts.invite}
        </button>
      </header>
      <Errors commands={operator.commands} />
      <ProgramDesk operator={operator} />
      <div class="desk-main">
        <Seats operator={operator} desk={desk} />
        <Lobby operator={operator} desk={desk} />
      </div>
      {inviting.value ? (
        <InviteDialog
          operator={operator}
          seats={desk.seats}
          carriers={desk.carriers}
          onClose={() => {
            inviting.value = false;
          }}
        />
      ) : null}
    </div>
  );
}

/** The time over which something was counted. */
const COUNTED = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** What Cloudflare has sent so far, in dollars; nothing where nobody can come by it. */
function Cost({ cost }: { cost: CostView | null }): JSX.Element | null {
  if (!cost) return null;
  const { since, pulled_bytes, returned_bytes, price_per_gb } = cost;
  const span = COUNTED.formatRange(new Date(since), new Date());
  const detail = deskTexts.costDetail(gigabytes(pulled_bytes + returned_bytes), dollars(price_per_gb));
  return (
    <p class="desk-cost" title={`${span}: ${detail}`}>
      {deskTexts.cost(dollars(cost.cost))}
    </p>
  );
}

/** Always in view: the button that failed may be far from the top of the page. */
function Errors({ commands }: { commands: Commands }): JSX.Element {
  return (
    <div class="desk-errors">
      {commands.errors.value.map((error) => (
        <Notice key={error.id} tone="bad" title={error.title} urgent>
          <p>{sentences(error.message, error.hint)}</p>
          <button type="button" class="button button-small" onClick={() => commands.dismiss(error.id)}>
            {deskTexts.dismiss}
          </button>
        </Notice>
      ))}
    </div>
  );
}

function Seats({ operator, desk }: { operator: Operator; desk: Desk }): JSX.Element {
  return (
    <section aria-label={deskTexts.seats}>
      <header class="desk-section">
        <h2>{deskTexts.seats}</h2>
        <TalkLine operator={operator} desk={desk} />
        <TalkButton operator={operator} to={ALL} name="" />
      </header>
      <div class="desk-grid">
        {desk.seats.map((seat) => {
          const guest = guestIn(desk, seat);
          return guest ? (
            <SeatTile key={seat.name} operator={operator} desk={desk} seat={seat} guest={guest} />
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
  const { commands, mixing } = operator;
  const playout = useComputed(() => playoutOf(mixing.value, seat.name)).value;
  return (
    <GuestTile
      guest={guest}
      title={<SeatTitle seat={seat} />}
      way={<CarrierWay guest={guest} carriers={desk.carriers} commands={commands} />}
      playout={playout}
    >
      <TalkButton operator={operator} to={guest.id} name={guest.name} />
      <NameOnAir operator={operator} seat={seat} guest={guest} />
      <GuestActions guest={guest} commands={commands} />
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
        <span class="tile-chips">
          <Chip tone="off">
            {seat.held_for_ms === null ? say.free : say.heldFor(duration(seat.held_for_ms))}
          </Chip>
        </span>
      </header>
    </article>
  );
}

function Lobby({ operator, desk }: { operator: Operator; desk: Desk }): JSX.Element {
  const waiting = lobbyOf(desk);
  return (
    <section class="desk-lobby" aria-label={deskTexts.lobby}>
      <h2 class="desk-section">
        {deskTexts.lobby} {waiting.length > 0 ? <span class="desk-count">{waiting.length}</span> : null}
      </h2>
      {waiting.length === 0 ? <p class="desk-nobody">{deskTexts.lobbyEmpty}</p> : null}
      {waiting.map((guest) => (
        <GuestTile
          key={guest.id}
          guest={guest}
          title=""
          way={<CarrierWay guest={guest} carriers={desk.carriers} commands={operator.commands} />}
        >
          {guest.state === "lobby" ? (
            <TalkButton operator={operator} to={guest.id} name={guest.name} />
          ) : null}
          <LobbyActions guest={guest} seats={freeSeats(desk)} commands={operator.commands} />
        </GuestTile>
      ))}
    </section>
  );
}
