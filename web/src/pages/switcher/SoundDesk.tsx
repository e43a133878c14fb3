import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Levels } from "../../state/levels";
import { PROGRAM } from "../../state/listening";
import { stripsOf } from "../../state/mixing";
import { areAllMuted, muteAllRefuses } from "../../state/mute-all";
import type { Operator } from "../../state/operator";
import { mixerTexts as say } from "../../texts.mixer";
import { HeldButton } from "../../ui/Held";
import { Loudness, SoundMeter } from "../../ui/SoundMeter";
import { useList } from "../../ui/use-list";
import { ListenButton, ListenLine } from "./Listen";
import { Strip } from "./Strip";
import "../../styles/sound-desk.css";

/** A strip for everything that sounds, and program's own. */
export function SoundDesk({ operator }: { operator: Operator }): JSX.Element {
  const strips = useList(() => stripsOf(operator.mixing.value)).value;
  const areOld = useAreOld(operator.levels);
  return (
    <section class={areOld ? "sound sound-old" : "sound"} aria-label={say.sound}>
      <header class="desk-section">
        <h2>{say.sound}</h2>
        <small role="status">{areOld ? say.noLevels : ""}</small>
        <ListenLine operator={operator} />
        <MuteAllButton operator={operator} />
      </header>
      <div class="strips">
        <ProgramStrip operator={operator} />
        {strips.map((source) => (
          <Strip key={source.id} source={source} operator={operator} />
        ))}
      </div>
    </section>
  );
}

const LOOK_EVERY_MS = 500;

/** Whether no levels of now are known. */
function useAreOld(levels: Levels): boolean {
  const areOld = useSignal(false);
  useEffect(() => {
    const timer = setInterval(() => {
      areOld.value = levels.areOld;
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [levels]);
  return areOld.value;
}

function MuteAllButton({ operator }: { operator: Operator }): JSX.Element {
  const { muteAll } = operator.console;
  const all = useComputed(() => areAllMuted(operator.mixing.value)).value;
  const refusal = useComputed(() => muteAllRefuses(operator.mixing.value)).value;
  return (
    <>
      {refusal === null ? null : <small class="sound-mute-reason">{refusal}</small>}
      <HeldButton
        class={all ? "button button-small sound-mute-all strip-muted" : "button button-small sound-mute-all"}
        aria-pressed={all}
        isComing={muteAll.isPending}
        why={refusal}
        title={say.muteAllTitle}
        onClick={() => void muteAll.toggle()}
      >
        {say.muteAll}
      </HeldButton>
    </>
  );
}

function ProgramStrip({ operator }: { operator: Operator }): JSX.Element {
  const { levels, listening } = operator;
  return (
    <article class="strip strip-program" aria-label={say.program}>
      <h3 class="strip-name">{say.program}</h3>
      <div class="strip-body">
        <SoundMeter levels={levels} source={PROGRAM} label={say.level(say.program)} />
        <p class="strip-loudness">
          <Loudness levels={levels} label={say.loudness} />
          <small>{say.lufs}</small>
        </p>
      </div>
      <ListenButton listening={listening} what={PROGRAM} name={say.program} word={say.listen} />
    </article>
  );
}
