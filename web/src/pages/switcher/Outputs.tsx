import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { mixerApi } from "../../client/mixer";
import type { OutputView } from "../../client/types";
import type { Operator } from "../../state/operator";
import { canvasTexts } from "../../texts.canvas";
import { deskTexts } from "../../texts.desk";
import { mixerTexts as say } from "../../texts.mixer";
import { DestinationChip, Reason } from "../../ui/Destinations";
import { Dialog } from "../../ui/Dialog";
import { HeldButton } from "../../ui/Held";
import { AddOutput } from "./AddOutput";
import { OutputFigures } from "./OutputFigures";
import "../../styles/outputs.css";

type Sheet = { kind: "add" } | { kind: "stop" | "remove"; output: OutputView } | null;

/** Where program is published to, how each of them does, and starting and stopping them. */
export function Outputs({ operator }: { operator: Operator }): JSX.Element {
  const sheet = useSignal<Sheet>(null);
  const outputs = useComputed(() => operator.mixing.value.board?.outputs ?? []).value;
  const close = (): void => {
    sheet.value = null;
  };
  return (
    <section aria-label={say.outputs}>
      <header class="desk-section outputs-head">
        <h2>{say.outputs}</h2>
        <button
          type="button"
          class="button button-small"
          aria-haspopup="dialog"
          onClick={() => (sheet.value = { kind: "add" })}
        >
          {say.addOutput}
        </button>
      </header>
      {outputs.length === 0 ? <p class="desk-nobody">{say.noOutputs}</p> : null}
      <ul class="outputs">
        {outputs.map((output) => (
          <OutputRow
            key={output.id}
            output={output}
            operator={operator}
            ask={(kind) => (sheet.value = { kind, output })}
          />
        ))}
      </ul>
      {sheet.value?.kind === "add" ? <AddOutput operator={operator} onClose={close} /> : null}
      {sheet.value && sheet.value.kind !== "add" ? (
        <Sure kind={sheet.value.kind} output={sheet.value.output} operator={operator} onClose={close} />
      ) : null}
    </section>
  );
}

const nameOf = ({ label, id }: OutputView): string => label || id;
const keyOf = ({ id }: OutputView): string => `output:${id}`;

interface RowProps {
  output: OutputView;
  operator: Operator;
  ask: (kind: "stop" | "remove") => void;
}

function OutputRow({ output, operator, ask }: RowProps): JSX.Element {
  const { commands, mixing } = operator;
  const { id } = output;
  // The board tells what was set; how it does is the mixer's word.
  const status = useComputed(() => mixing.value.mixer?.outputs.find((each) => each.id === id)).value;
  const busy = commands.pending.value.has(keyOf(output));
  const start = (): void =>
    void commands.run(keyOf(output), say.failed.output(nameOf(output)), () => mixerApi.startOutput(id));
  return (
    <li class="output">
      <div class="output-what">
        <DestinationChip state={output.running ? (status?.state ?? "waiting") : "stopped"} />
        <b class="output-name">{nameOf(output)}</b>
        {output.canvas === "second" ? <span class="output-canvas">{canvasTexts.title}</span> : null}
        <span class="destinations-url">{output.url}</span>
        {output.running && status ? <OutputFigures status={status} /> : null}
      </div>
      <div class="output-actions">
        <HeldButton
          class="button button-small"
          busy={busy}
          onClick={() => (output.running ? ask("stop") : start())}
        >
          {output.running ? say.stop : say.start}
        </HeldButton>
        <HeldButton class="button button-small button-danger" busy={busy} onClick={() => ask("remove")}>
          {say.remove}
        </HeldButton>
      </div>
      {output.running && status ? <Reason destination={status} /> : null}
    </li>
  );
}

interface SureProps {
  kind: "stop" | "remove";
  output: OutputView;
  operator: Operator;
  onClose: () => void;
}

/** Somebody may be watching there: that is no slip of the hand. */
function Sure({ kind, output, operator, onClose }: SureProps): JSX.Element {
  const stops = kind === "stop";
  const name = nameOf(output);
  const act = (): void => {
    onClose();
    void operator.commands.run(keyOf(output), say.failed.output(name), () =>
      stops ? mixerApi.stopOutput(output.id) : mixerApi.removeOutput(output.id),
    );
  };
  return (
    <Dialog title={stops ? say.stopTitle(name) : say.removeTitle(name)} onClose={onClose}>
      <p>{stops ? say.stopDetail : say.removeDetail}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {deskTexts.cancel}
        </button>
        <button type="button" class="button button-danger-solid" onClick={act}>
          {stops ? say.stop : say.remove}
        </button>
      </div>
    </Dialog>
  );
}
