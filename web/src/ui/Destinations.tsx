import type { JSX } from "preact";
import type { DestinationState, DestinationView } from "../client/types";
import { sentences } from "../state/format";
import type { RelayHand } from "../state/relay-hand";
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
  hand: RelayHand;
}

/** Where a path is published to, how each does, and the server's own reason where one fails, with the way out. */
export function Destinations({ destinations, hand }: DestinationsProps): JSX.Element | null {
  if (destinations.length === 0) return null;
  return (
    <ul class="destinations" aria-label={deskTexts.destinations}>
      {destinations.map((destination) => (
        <li key={destination.id}>
          <DestinationChip state={destination.state} />
          <span class="destinations-url">{destination.url}</span>
          <Reason destination={destination} />
          {isWell(destination) ? null : (
            <HeldButton
              class="button button-small"
              aria-label={deskTexts.restartRelayOf(destination.url)}
              busy={hand.isRestarting(destination.id)}
              onClick={() => void hand.restart(destination.id)}
            >
              {deskTexts.restartRelay}
            </HeldButton>
          )}
        </li>
      ))}
    </ul>
  );
}

const isWell = ({ reason, state, server_ready }: DestinationView): boolean =>
  !reason && !(state === "live" && server_ready === false);

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
