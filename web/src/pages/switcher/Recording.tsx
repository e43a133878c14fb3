import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { recordingApi } from "../../client/mixer";
import type { RecordingState, RecordingView } from "../../client/types";
import { sentences } from "../../state/format";
import type { Operator } from "../../state/operator";
import { recordingFigures } from "../../state/recording";
import { failureWords } from "../../state/server-words";
import type { Tone } from "../../state/status";
import { deskTexts } from "../../texts.desk";
import { mixerTexts } from "../../texts.mixer";
import { Chip } from "../../ui/Chip";
import { Dialog } from "../../ui/Dialog";
import { HeldButton } from "../../ui/Held";
import "../../styles/outputs.css";

const KEY = "recording";
const TONES: Record<RecordingState, Tone | "off"> = { idle: "off", recording: "good", failed: "bad" };
const say = mixerTexts.recording;

/** Whether program and guests are recorded, how that does, and starting and stopping it. */
export function Recording({ operator }: { operator: Operator }): JSX.Element {
  const { commands } = operator;
  const asking = useSignal(false);
  const recording = operator.recording.value;
  const runs = recording?.state === "recording";
  const run = (work: () => Promise<unknown>): void =>
    void commands.run(KEY, mixerTexts.failed.recording, work);
  const press = (): void => {
    asking.value = runs;
    if (!runs) run(recordingApi.start);
  };
  return (
    <section aria-label={say.title}>
      <header class="desk-section outputs-head">
        <h2>{say.title}</h2>
        <HeldButton
          class="button button-small"
          busy={commands.pending.value.has(KEY)}
          aria-haspopup={runs ? "dialog" : undefined}
          onClick={press}
        >
          {runs ? say.stop : say.start}
        </HeldButton>
      </header>
      {recording ? (
        <TakeRow recording={recording} onDismiss={() => run(recordingApi.stop)} />
      ) : (
        <p class="desk-nobody">{say.idle}</p>
      )}
      {asking.value && runs ? (
        <Sure
          onStop={() => run(recordingApi.stop)}
          onClose={() => {
            asking.value = false;
          }}
        />
      ) : null}
    </section>
  );
}

interface TakeRowProps {
  recording: RecordingView;
  onDismiss: () => void;
}

function TakeRow({ recording, onDismiss }: TakeRowProps): JSX.Element {
  const { state, take, label, code, reason, hint } = recording;
  const why = reason ? failureWords({ code, message: reason, hint }) : [];
  return (
    <div class="output">
      <div class="output-what">
        <Chip tone={TONES[state]}>{say.states[state]}</Chip>
        <b class="output-name">{label || take}</b>
        {state === "recording" ? (
          <span class="output-figures">
            {recordingFigures(recording).map((figure) => (
              <span key={figure}>{figure}</span>
            ))}
          </span>
        ) : null}
      </div>
      {state === "failed" ? (
        <div class="output-actions">
          <button type="button" class="button button-small" onClick={onDismiss}>
            {deskTexts.dismiss}
          </button>
        </div>
      ) : null}
      {reason ? <p class="destinations-reason">{sentences(...why)}</p> : null}
    </div>
  );
}

/** What happens meanwhile would be missing: that is no slip of the hand. */
function Sure({ onStop, onClose }: { onStop: () => void; onClose: () => void }): JSX.Element {
  return (
    <Dialog title={say.stopTitle} onClose={onClose}>
      <p>{say.stopDetail}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {deskTexts.cancel}
        </button>
        <button
          type="button"
          class="button button-danger-solid"
          onClick={() => {
            onClose();
            onStop();
          }}
        >
          {mixerTexts.stop}
        </button>
      </div>
    </Dialog>
  );
}
