import type { JSX } from "preact";
import type { GuestView } from "../client/types";
import { texts } from "../texts";
import "../styles/tally-line.css";

interface TallyLineProps {
  /** As control last said; what it says no more is unknown. */
  tally: GuestView["tally"];
}

/** Whether the guest is seen in program: large, calm, and always at the same place. */
export function TallyLine({ tally }: TallyLineProps): JSX.Element {
  const [title, detail] = texts.guest.tally[tally];
  return (
    <p class={`tally-line tally-line-${tally}`} aria-live="polite">
      <strong>{title}</strong> <span>{detail}</span>
    </p>
  );
}
