import type { ComponentChildren, JSX } from "preact";
import type { Tone } from "../state/status";
import "../styles/chip.css";

/** A small label with a lamp; the word says what the colour says. */
export function Chip({ tone, children }: { tone: Tone | "off"; children: ComponentChildren }): JSX.Element {
  return <span class={`chip chip-${tone}`}>{children}</span>;
}
