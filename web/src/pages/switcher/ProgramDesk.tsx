import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useCallback } from "preact/hooks";
import type { Console } from "../../state/console";
import { labelOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { canvasTexts } from "../../texts.canvas";
import { mixerTexts as say } from "../../texts.mixer";
import { LivePicture } from "../../ui/LivePicture";
import { stays } from "../../ui/leave-focus";
import { Clips } from "./Clips";
import { type Drawers, toggle } from "./drawers";
import { KeyList } from "./Keys";
import { LostLine } from "./LostLine";
import { Outputs } from "./Outputs";
import { Overlays } from "./Overlays";
import { Recording } from "./Recording";
import { Scenes } from "./Scenes";
import { SoundDesk } from "./SoundDesk";
import { Sources } from "./Sources";
import { TakeBar } from "./TakeBar";
import { useKeys } from "./use-keys";
import "../../styles/program.css";

const MULTIVIEW = "multiview";

interface ProgramDeskProps {
  operator: Operator;
  drawer: Drawers;
}

/** What is on air, what comes next, how it sounds and where it goes; where another program mixes, the guests' recording. */
export function ProgramDesk({ operator, drawer }: ProgramDeskProps): JSX.Element {
  const isOurs = useComputed(() => operator.mixing.value.board !== null).value;
  if (isOurs) return <Program operator={operator} drawer={drawer} />;
  return (
    <div class="program-none">
      <p>{say.disabled.join(". ")}</p>
      <Recording operator={operator} />
    </div>
  );
}

function Program({ operator, drawer }: ProgramDeskProps): JSX.Element {
  const { console } = operator;
  const help = useSignal(false);
  const showKeys = (): void => {
    help.value = true;
  };
  useKeys(console, showKeys);
  const openMedia = useCallback(() => {
    drawer.value = "media";
  }, [drawer]);
  const words = { opening: say.starting, failed: say.multiviewFailed };
  return (
    <div class="program">
      <section {...stays} class="program-view" aria-label={say.title}>
        <OnAir console={console} drawer={drawer} />
        <div class="program-picture">
          {console.ready.value ? (
            <LivePicture
              path={MULTIVIEW}
              label={say.multiview}
              words={words}
              reach={operator.reach}
              shared={operator.multiview}
            />
          ) : (
            <Away />
          )}
          <LostLine operator={operator} />
        </div>
        <TakeBar console={console} onKeys={showKeys} />
      </section>
      <div class="program-side">
        <Scenes console={console} thumbnails={operator.thumbnails} />
        <SoundDesk operator={operator} />
      </div>
      <div class="program-goes">
        <Clips operator={operator} onMedia={openMedia} />
        <Overlays operator={operator} />
        <Sources operator={operator} />
        <Outputs operator={operator} />
        <Recording operator={operator} />
      </div>
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

function sceneName(console: Console, id: string | undefined): string {
  const scene = console.mixing.value.board?.scenes.find((each) => each.id === id);
  return scene ? labelOf(scene) : "–";
}

/** The scenes on program and preview by their names: the list of scenes may be scrolled away. */
function OnAir({ console, drawer }: { console: Console; drawer: Drawers }): JSX.Element {
  const program = useComputed(() => sceneName(console, console.mixing.value.mixer?.program)).value;
  const preview = useComputed(() => sceneName(console, console.mixing.value.mixer?.preview)).value;
  const isBlack = useComputed(() => (console.mixing.value.mixer?.black ?? 0) >= 0.5).value;
  return (
    <header class="desk-section program-head">
      <h2>{say.title}</h2>
      <SecondButton console={console} drawer={drawer} />
      <p class="program-scene program-scene-next">
        <b>{say.next}</b> {preview}
      </p>
      <p class="program-scene program-scene-on-air">
        <b>{say.onAir}</b> {isBlack ? say.isBlack : program}
      </p>
    </header>
  );
}

/** Opens and closes the look at the second canvas; nothing where there is none. */
function SecondButton({ console, drawer }: { console: Console; drawer: Drawers }): JSX.Element | null {
  const hasSecond = useComputed(() => console.mixing.value.second !== null).value;
  if (!hasSecond) return null;
  return (
    <button
      type="button"
      class="button button-small"
      aria-expanded={drawer.value === "second"}
      onClick={() => toggle(drawer, "second")}
    >
      {canvasTexts.title}
    </button>
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
