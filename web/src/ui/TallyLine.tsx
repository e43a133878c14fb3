import type { JSX } from "preact";
import type { Light } from "../state/light";
import { texts } from "../texts";
import "../styles/tally-line.css";

interface TallyLineProps {
  /** As control last said; what it says no more is unknown. */
  light: Light;
}

/** Whether the guest is seen or heard in program: large, calm, and always at the same place. */
export function TallyLine({ light }: TallyLineProps): JSX.Element {
  const [title, detail] = texts.guest.tally[light];
  return (
    <p class={`tally-line tally-line-${light}`} aria-live="polite">
      <strong>{title}</strong> <span>{detail}</span>
    </p>
  );
}
