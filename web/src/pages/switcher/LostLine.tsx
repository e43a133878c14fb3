import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { lostOnAir, wayOut } from "../../state/incidents";
import type { Operator } from "../../state/operator";
import { mixerTexts as say } from "../../texts.mixer";
import { CutTo } from "./CutTo";
import "../../styles/lost-line.css";

/** Who was on air and comes through no more, with the way out beside it; nothing while nobody is missed. */
export function LostLine({ operator }: { operator: Operator }): JSX.Element | null {
  const { console, incidents, mixing } = operator;
  const names = useComputed(() =>
    lostOnAir(incidents.value)
      .map(({ values }) => values.name)
      .join(", "),
  ).value;
  const scene = useComputed(() => wayOut(incidents.value, mixing.value)).value;
  if (names === "") return null;
  return (
    <div class="lost-line" role="alert">
      <b>{say.lost(names)}</b>
      <CutTo console={console} scene={scene} plain />
    </div>
  );
}
