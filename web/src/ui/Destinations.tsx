import type { JSX } from "preact";
import type { DestinationState, DestinationView, GuestView } from "../client/types";
import { sentences } from "../state/format";
import { isWell, type RelayHand, type Restarted } from "../state/relay-hand";
import { failureWords } from "../state/server-words";
import type { Tone } from "../state/status";
import { deskTexts } from "../texts.desk";
import { Chip } from "./Chip";
import { HeldButton } from "./Held";
import "../styles/destinations.css";

const TONES: Record<DestinationState, Tone | "off"> = {
  waiting: "off",
  connecting: "wait",
  live: "good",
  retrying: "bad",
  stopped: "off",
};

interface DestinationsProps {
  destinations: readonly DestinationView[];
  /** Whether they are a shared screen's. */
  screen: boolean;
  hand: RelayHand;
}

/** Where a path is published to, how each does, and the server's own reason where one fails; each can begin anew. */
export function Destinations({ destinations, screen, hand }: DestinationsProps): JSX.Element | null {
  if (destinations.length === 0) return null;
  return (
    <ul class="destinations" aria-label={deskTexts.destinations}>
      {destinations.map((destination) => (
        <li key={destination.id}>
          <DestinationChip state={destination.state} />
          <span class="destinations-url">{destination.url}</span>
          <Reason destination={destination} />
          <RestartButton hand={hand} what={{ destination, screen }} />
        </li>
      ))}
    </ul>
  );
}

/** All of a guest's destinations, of camera and screen, begin anew; nothing where there are no several. */
export function RestartAll({ guest, hand }: { guest: GuestView; hand: RelayHand }): JSX.Element | null {
  if (guest.sessions.flatMap(({ destinations }) => destinations).length < 2) return null;
  return (
    <p class="destinations-all">
      <RestartButton hand={hand} what={null} />
    </p>
  );
}

/** Always there: what says that it is live may stand still at the far end. */
function RestartButton({ hand, what }: { hand: RelayHand; what: Restarted }): JSX.Element {
  const isCalm = what === null || isWell(what.destination);
  return (
    <HeldButton
      class={isCalm ? "button button-small button-quiet" : "button button-small"}
      aria-haspopup={hand.asks(what) ? "dialog" : undefined}
      aria-label={what === null ? undefined : deskTexts.restartRelayOf(what.destination.url)}
      busy={hand.isRestarting(what)}
      onClick={() => hand.press(what)}
    >
      {what === null ? deskTexts.restartAll : deskTexts.restartRelay}
    </HeldButton>
  );
}

export function DestinationChip({ state }: { state: DestinationState }): JSX.Element {
  return <Chip tone={TONES[state]}>{deskTexts.destination[state]}</Chip>;
}

/** Why it does not do what it should; nothing while all is well. */
export function Reason({ destination }: { destination: DestinationView }): JSX.Element | null {
  const { code, reason, hint, state, server_ready } = destination;
  if (reason) {
    const words = failureWords({ code, message: reason, hint });
    return <p class="destinations-reason">{sentences(...words)}</p>;
  }
  if (state === "live" && server_ready === false)
    return <p class="destinations-reason">{deskTexts.serverNotReady}</p>;
  return null;
}
