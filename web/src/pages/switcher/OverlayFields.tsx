import type { JSX } from "preact";
import type { Anchor, CardRequest, OverlayRequest, TimerView } from "../../client/types";
import { errorAt, type FieldErrors, ofHundredths } from "../../state/field-errors";
import { hundredths } from "../../state/format";
import { overlayTexts } from "../../texts.overlays";
import { sceneTexts as say } from "../../texts.scenes";
import { NumberField, TextField } from "../../ui/Field";
import { LowerThirdFields } from "./LowerThirdFields";
import { ScoreboardFields, TickerFields, TimerFields } from "./RunningFields";

const ANCHORS = Object.keys(say.anchors) as Anchor[];

interface FieldsProps {
  body: OverlayRequest;
  errors: FieldErrors;
  timers: readonly TimerView[];
  onChange: (body: OverlayRequest) => void;
}

/** What an overlay's kind has, where it stands and how large it is. */
export function OverlayFields({ body, errors, timers, onChange }: FieldsProps): JSX.Element {
  const sizeRefused = errorAt(errors, "size");
  return (
    <>
      <KindFields body={body} errors={errors} timers={timers} onChange={onChange} />
      <Anchors value={body.anchor} onChange={(anchor) => onChange({ ...body, anchor })} />
      <NumberField
        label={say.size}
        unit={overlayTexts.ofHeight}
        step={0.5}
        value={hundredths(body.size)}
        error={sizeRefused && ofHundredths(sizeRefused)}
        onChange={(value) => onChange({ ...body, size: value / 100 })}
      />
    </>
  );
}

function KindFields({ body, errors, timers, onChange }: FieldsProps): JSX.Element {
  switch (body.kind) {
    case "timer":
      return <TimerFields body={body} errors={errors} onChange={onChange} />;
    case "ticker":
      return <TickerFields body={body} errors={errors} onChange={onChange} />;
    case "scoreboard":
      return <ScoreboardFields body={body} errors={errors} timers={timers} onChange={onChange} />;
    default:
      return <CardField body={body} errors={errors} onChange={onChange} />;
  }
}

interface CardProps {
  body: CardRequest;
  errors: FieldErrors;
  onChange: (body: CardRequest) => void;
}

function CardField({ body, errors, onChange }: CardProps): JSX.Element {
  if (body.kind === "lower_third")
    return <LowerThirdFields body={body} errors={errors} onChange={onChange} />;
  if (body.kind === "image") {
    return (
      <TextField
        label={say.file}
        hint={say.fileHint}
        value={body.url}
        error={errorAt(errors, "url")}
        maxLength={500}
        onInput={(url) => onChange({ ...body, url })}
      />
    );
  }
  return (
    <TextField
      label={say.text}
      lines={2}
      value={body.text}
      error={errorAt(errors, "text")}
      maxLength={500}
      onInput={(text) => onChange({ ...body, text })}
    />
  );
}

/** The nine places on the canvas. */
function Anchors({ value, onChange }: { value: Anchor; onChange: (anchor: Anchor) => void }): JSX.Element {
  return (
    <fieldset class="anchors">
      <legend class="field-label">{say.anchor}</legend>
      {ANCHORS.map((anchor) => (
        <button
          key={anchor}
          type="button"
          class={anchor === value ? "button button-small button-active" : "button button-small"}
          aria-pressed={anchor === value}
          onClick={() => onChange(anchor)}
        >
          {say.anchors[anchor]}
        </button>
      ))}
    </fieldset>
  );
}
