import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { mixerApi } from "../../client/mixer";
import type { SourceView, StripView } from "../../client/types";
import { errorAt } from "../../state/field-errors";
import type { Operator } from "../../state/operator";
import { nameOfSource } from "../../state/people";
import { GATE_OFF_DB, StripShape } from "../../state/strip-shape";
import { mixerTexts } from "../../texts.mixer";
import { Dialog } from "../../ui/Dialog";
import { NumberField } from "../../ui/Field";
import { Refusal } from "../../ui/Refusal";
import { Reduction } from "../../ui/SoundMeter";

const say = mixerTexts.shape;
const FIELDS = ["high_pass_hz", "delay_ms", "gate_db", "compressor"];

interface StripSheetProps {
  source: SourceView;
  operator: Operator;
  onClose: () => void;
}

/** What is done to one source's sound before its fader. */
export function StripSheet({ source, operator, onClose }: StripSheetProps): JSX.Element | null {
  const { id } = source;
  const strip = useComputed(() => operator.mixing.value.board?.strips[id]).value;
  const people = useComputed(() => operator.mixing.value.people).value;
  const shape = useMemo(() => new StripShape((change) => mixerApi.strip(id, change)), [id]);
  if (!strip) return null;
  return (
    <Dialog title={say.title(nameOfSource(people, source))} onClose={onClose}>
      <Cleaning strip={strip} shape={shape} />
      <Compressor strip={strip} shape={shape} />
      <p class="strip-reduced">
        {say.reduced} <Reduction levels={operator.levels} source={id} />
      </p>
      <Refusal attempt={shape.attempt} fields={FIELDS} />
    </Dialog>
  );
}

interface PartProps {
  strip: StripView;
  shape: StripShape;
}

function Cleaning({ strip, shape }: PartProps): JSX.Element {
  const refused = (field: string): string | undefined => errorAt(shape.attempt.errors.value, field);
  return (
    <div class="strip-shape">
      <NumberField
        label={say.highPass}
        unit="Hz"
        least={0}
        most={1000}
        step={10}
        value={strip.high_pass_hz}
        error={refused("high_pass_hz")}
        onChange={(high_pass_hz) => shape.set({ high_pass_hz })}
      />
      <NumberField
        label={say.delay}
        unit="ms"
        least={0}
        most={1000}
        step={5}
        value={strip.delay_ms}
        error={refused("delay_ms")}
        onChange={(delay_ms) => shape.set({ delay_ms })}
      />
      <NumberField
        label={say.gate}
        unit="dBFS"
        least={GATE_OFF_DB}
        most={0}
        value={strip.gate_db}
        error={refused("gate_db")}
        onChange={(gate_db) => shape.set({ gate_db })}
      />
      <p class="field-note">{say.cleaningNote}</p>
    </div>
  );
}

function Compressor({ strip, shape }: PartProps): JSX.Element {
  const { threshold_db, ratio, makeup_db } = strip.compressor;
  const refused = (field: string): string | undefined =>
    errorAt(shape.attempt.errors.value, `compressor.${field}`);
  return (
    <fieldset class="strip-shape">
      <legend class="field-label">{say.compressor}</legend>
      <NumberField
        label={say.threshold}
        unit="dBFS"
        least={-60}
        most={0}
        value={threshold_db}
        error={refused("threshold_db")}
        onChange={(value) => shape.set({ compressor: { threshold_db: value } })}
      />
      <NumberField
        label={say.ratio}
        unit=": 1"
        least={1}
        most={20}
        step={0.5}
        value={ratio}
        error={refused("ratio")}
        onChange={(value) => shape.set({ compressor: { ratio: value } })}
      />
      <NumberField
        label={say.makeup}
        unit="dB"
        least={0}
        most={24}
        value={makeup_db}
        error={refused("makeup_db")}
        onChange={(value) => shape.set({ compressor: { makeup_db: value } })}
      />
      <p class="field-note">{say.compressorNote}</p>
    </fieldset>
  );
}
