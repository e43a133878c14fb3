import { useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { GuestView, Readiness, SessionView } from "../client/types";
import { milliseconds } from "../state/format";
import { lineOf } from "../state/guest-line";
import { hearsLine } from "../state/hearing";
import { Look, type Looks } from "../state/looks";
import type { Operator } from "../state/operator";
import { PAGE_NAME } from "../state/page-name";
import type { Reach } from "../state/reach";
import { cannotHear, readinessOf } from "../state/readiness";
import { RelayHand } from "../state/relay-hand";
import type { SharedPicture } from "../state/shared-picture";
import { sessionOf, type Tone } from "../state/status";
import { backstageTexts } from "../texts.backstage";
import { deskTexts } from "../texts.desk";
import { Chip } from "./Chip";
import { Destinations, RestartAll } from "./Destinations";
import { Icon } from "./Icon";
import { LivePicture } from "./LivePicture";
import { stays } from "./leave-focus";
import { SharedPart } from "./SharedPart";
import { Way } from "./Way";
import "../styles/guest-tile.css";

const TONES: Record<SessionView["state"], Tone | "off"> = {
  waiting: "wait",
  live: "good",
  stalled: "warn",
  closed: "off",
};

interface GuestTileProps {
  guest: GuestView;
  operator: Pick<Operator, "commands" | "guestSheet">;
  title: ComponentChildren;
  /** What is said of the carrier; nothing where there is only one. */
  way: ComponentChildren;
  /** By how much the mixer holds picture and sound back, milliseconds; null where it does not have them. */
  playout?: number | null;
  views: Views;
  children: ComponentChildren;
}

/** Where guests' pictures come from. */
export interface Views {
  /** Whoever has a place in it is shown from it. */
  multiview: SharedPicture;
  /** Everybody else is, and whoever is listened to. */
  looks: Looks;
  reach: Reach;
}

/** One guest: picture, state, figures, destinations, and what can be done (`children`). */
export function GuestTile(props: GuestTileProps): JSX.Element {
  const { guest, operator, title, way, playout = null, views, children } = props;
  const look = useMemo(() => new Look(views.looks), [views.looks]);
  const session = sessionOf(guest, "camera");
  const screen = sessionOf(guest, "screen");
  const hand = new RelayHand(guest, operator);
  return (
    <article {...stays} class="tile" aria-label={guest.name} data-guest={guest.id}>
      <header class="tile-head">
        {guest.seat ? <SeatColor color={guest.color} /> : null}
        <h3 class="tile-name">{guest.name}</h3>
        <span class="tile-title">{title}</span>
        <StateChips guest={guest} session={session} />
      </header>
      <div class="tile-picture">
        {session ? <SessionPicture session={session} guest={guest} look={look} views={views} /> : <Nothing />}
        {session ? <ListenButton look={look} /> : null}
      </div>
      {session ? <Figures session={session} playout={playout} readiness={guest.readiness} /> : null}
      {session ? <Hears guest={guest} /> : null}
      {way}
      {session ? <Destinations destinations={session.destinations} screen={false} hand={hand} /> : null}
      {screen ? <ScreenPart session={screen} guest={guest} hand={hand} views={views} /> : null}
      <RestartAll guest={guest} hand={hand} />
      <footer class="tile-actions">{children}</footer>
    </article>
  );
}

export function SeatColor({ color }: { color: string }): JSX.Element {
  return <span class="tile-color" style={{ backgroundColor: color }} aria-hidden="true" />;
}

function StateChips({ guest, session }: { guest: GuestView; session: SessionView | undefined }): JSX.Element {
  const say = deskTexts;
  return (
    <span class="tile-chips">
      {guest.synthetic ? <Chip tone="wait">{backstageTexts.isTestGuest}</Chip> : null}
      {guest.camera === "off" ? <Chip tone="off">{say.cameraOff}</Chip> : null}
      {guest.mic === "off" ? <Chip tone="off">{say.micOff}</Chip> : null}
      <ReadyChip guest={guest} />
      {cannotHear(guest) ? <Chip tone="warn">{say.cannotHear}</Chip> : null}
      {guest.away ? (
        <Chip tone="warn">{say.away}</Chip>
      ) : session ? (
        <Chip tone={TONES[session.state]}>{say.session[session.state]}</Chip>
      ) : (
        <Chip tone="off">{guest.state === "checking" ? say.checking : say.noSession}</Chip>
      )}
    </span>
  );
}

function ReadyChip({ guest }: { guest: GuestView }): JSX.Element | null {
  const found = readinessOf(guest);
  if (found === null) return null;
  // Nobody is ready who hears nothing: that is said beside this.
  if (found === "ready" && cannotHear(guest)) return null;
  if (found === "ready") return <Chip tone="good">{deskTexts.ready}</Chip>;
  return <Chip tone="warn">{deskTexts.notReady(deskTexts.faults[found])}</Chip>;
}

function ListenButton({ look }: { look: Look }): JSX.Element {
  const on = look.isHeard.value;
  return (
    <button
      type="button"
      class={on ? "button button-small button-active tile-listen" : "button button-small tile-listen"}
      onClick={() => {
        look.isHeard.value = !on;
      }}
    >
      <Icon name="listen" />
      {on ? deskTexts.unlisten : deskTexts.listen}
    </button>
  );
}

function Nothing(): JSX.Element {
  return (
    <div class="live-picture">
      <p class="live-picture-text">{deskTexts.noSession}</p>
    </div>
  );
}

interface SessionPictureProps {
  session: SessionView;
  guest: GuestView;
  look: Look;
  views: Views;
}

/** From the multiview where it is there; by itself for whoever listens to it, in step with its sound. */
function SessionPicture({ session, guest, look, views }: SessionPictureProps): JSX.Element {
  const { multiview, reach } = views;
  const isShared = useComputed(() => multiview.has(session.path)).value;
  const label = deskTexts.pictureOf(guest.name);
  if (session.state === "waiting") {
    return (
      <div class="live-picture">
        <p class="live-picture-text">{deskTexts.pictureWaiting}</p>
      </div>
    );
  }
  if (!isShared || look.isHeard.value)
    return <LivePicture path={session.path} label={label} reach={reach} look={look} />;
  const isOff = session.kind === "camera" && isDark(guest);
  return <SharedPart shared={multiview} source={session.path} label={label} isOff={isOff} />;
}

/** Whether the guest has switched the camera off: one that broke is off too. */
const isDark = ({ camera, away, readiness }: GuestView): boolean =>
  camera === "off" && !away && !readiness?.faults.includes("camera_fault");

/** What comes back to them, talkback first. */
function Hears({ guest }: { guest: GuestView }): JSX.Element | null {
  const line = hearsLine(guest, PAGE_NAME);
  if (line === null) return null;
  const isSpokenTo = (guest.hears?.talkbacks.length ?? 0) > 0;
  return <p class={isSpokenTo ? "tile-hears tile-hears-talk" : "tile-hears"}>{line}</p>;
}

interface FiguresProps {
  session: SessionView;
  playout?: number | null;
  readiness?: Readiness | null;
}

function Figures({ session, playout = null, readiness = null }: FiguresProps): JSX.Element {
  return (
    <p class="tile-figures">
      {lineOf(session).map(({ text, tone }) => (
        <span key={text} class={tone ? `tile-figure-${tone}` : undefined}>
          {text}
        </span>
      ))}
      {playout === null ? null : <span>{deskTexts.playout(milliseconds(playout))}</span>}
      {readiness ? machine(readiness).map((words) => <span key={words}>{words}</span>) : null}
    </p>
  );
}

/** What the guest sits at, and what keeps their picture from being better. */
function machine({ system, limited_by }: Readiness): string[] {
  const limit = limited_by === null || limited_by === "none" ? "" : deskTexts.limitedBy[limited_by];
  return [system, limit].filter((words) => words !== "");
}

interface ScreenPartProps {
  session: SessionView;
  guest: GuestView;
  hand: RelayHand;
  views: Views;
}

function ScreenPart({ session, guest, hand, views }: ScreenPartProps): JSX.Element {
  const look = useMemo(() => new Look(views.looks), [views.looks]);
  const isOnItsWay = session.carrier === "cloudflare" && session.state === "waiting";
  return (
    <section class="tile-screen" aria-label={deskTexts.screen}>
      <header class="tile-head">
        <h4>{deskTexts.screen}</h4>
        <span class="tile-chips">
          <Chip tone={TONES[session.state]}>{deskTexts.session[session.state]}</Chip>
        </span>
      </header>
      <div class="tile-picture">
        <SessionPicture session={session} guest={guest} look={look} views={views} />
      </div>
      <Figures session={session} />
      {isOnItsWay ? <Way guest={guest} session={session} /> : null}
      <Destinations destinations={session.destinations} screen={true} hand={hand} />
    </section>
  );
}
