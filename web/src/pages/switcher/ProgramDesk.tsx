import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Thumbnails } from "../../client/thumbnails";
import type { Console } from "../../state/console";
import { labelOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { mixerTexts as say } from "../../texts.mixer";
import { LivePicture } from "../../ui/LivePicture";
import { KeyList, useKeys } from "./Keys";
import { Outputs } from "./Outputs";
import { Scenes } from "./Scenes";
import { SoundDesk } from "./SoundDesk";
import { TakeBar } from "./TakeBar";
import "../../styles/program.css";

const MULTIVIEW = "multiview";
const WORDS = { opening: say.starting, failed: say.multiviewFailed };
const thumbnails = new Thumbnails();

/** What is on air, what comes next, how it sounds and where it goes; one line where another program mixes. */
export function ProgramDesk({ operator }: { operator: Operator }): JSX.Element {
  const isOurs = useComputed(() => operator.mixing.value.board !== null).value;
  return isOurs ? <Program operator={operator} /> : <p class="program-none">{say.disabled.join(". ")}</p>;
}

function Program({ operator }: { operator: Operator }): JSX.Element {
  const { console } = operator;
  const help = useSignal(false);
  const showKeys = (): void => {
    help.value = true;
  };
  useKeys(console, showKeys);
  return (
    <div class="program">
      <section class="program-view" aria-label={say.title}>
        <OnAir console={console} />
        {console.ready.value ? (
          <LivePicture path={MULTIVIEW} label={say.multiview} words={WORDS} />
        ) : (
          <Away />
        )}
        <TakeBar console={console} onKeys={showKeys} />
      </section>
      <Scenes console={console} thumbnails={thumbnails} />
      <SoundDesk operator={operator} />
      <Outputs operator={operator} />
      {help.value ? (
        <KeyList
          onClose={() => {
            help.value = false;
          }}
        />
      ) : null}
    </div>
  );
}

/** The scenes on program and preview by their names: the list of scenes may be scrolled away. */
function OnAir({ console }: { console: Console }): JSX.Element {
  const nameOf = (id: string | undefined): string => {
    const scene = console.mixing.value.board?.scenes.find((each) => each.id === id);
    return scene ? labelOf(scene) : "–";
  };
  const program = useComputed(() => nameOf(console.mixing.value.mixer?.program)).value;
  const preview = useComputed(() => nameOf(console.mixing.value.mixer?.preview)).value;
  const isBlack = useComputed(() => (console.mixing.value.mixer?.black ?? 0) >= 0.5).value;
  return (
    <header class="desk-section program-head">
      <h2>{say.title}</h2>
      <p class="program-scene program-scene-next">
        <b>{say.next}</b> {preview}
      </p>
      <p class="program-scene program-scene-on-air">
        <b>{say.onAir}</b> {isBlack ? say.isBlack : program}
      </p>
    </header>
  );
}

function Away(): JSX.Element {
  const [title, detail] = say.away;
  return (
    <div class="live-picture" role="status">
      <div class="live-picture-text">
        <p>
          <b>{title}</b>
          <br />
          {detail}
        </p>
      </div>
    </div>
  );
}
