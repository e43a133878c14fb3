import type { JSX } from "preact";
import type {
  ScoreboardRequest,
  TeamRequest,
  TickerRequest,
  TimerRequest,
  TimerView,
} from "../../client/types";
import { errorAt, type FieldErrors, ofHundredths } from "../../state/field-errors";
import { hundredths } from "../../state/format";
import { lostTimerOf, nameOf } from "../../state/overlays";
import { overlayTexts as say } from "../../texts.overlays";
import { ColorField, NumberField, type Option, Select, TextField } from "../../ui/Field";

interface FormProps<Body> {
  body: Body;
  errors: FieldErrors;
  onChange: (body: Body) => void;
}

const optionsOf = (texts: Readonly<Record<string, string>>): Option[] =>
  Object.entries(texts).map(([value, label]) => ({ value, label }));

/** What a timer tells, from where, and what it does at its zero. */
export function TimerFields({ body, errors, onChange }: FormProps<TimerRequest>): JSX.Element {
  const setMode = (mode: TimerRequest["mode"]): void => {
    const format = mode === "clock" && body.format === "m:ss" ? "h:mm:ss" : body.format;
    onChange({ ...body, mode, format, seconds: mode === "countdown" ? body.seconds || 600 : 0 });
  };
  const { "m:ss": _, ...ofClock } = say.formats;
  const formats = body.mode === "clock" ? ofClock : say.formats;
  return (
    <>
      <Select
        label={say.mode}
        value={body.mode}
        options={optionsOf(say.modes)}
        onChange={(mode) => setMode(mode as TimerRequest["mode"])}
      />
      {body.mode === "countdown" ? <Countdown body={body} errors={errors} onChange={onChange} /> : null}
      <Select
        label={say.format}
        value={body.format}
        options={optionsOf(formats)}
        error={errorAt(errors, "format")}
        onChange={(format) => onChange({ ...body, format: format as TimerRequest["format"] })}
      />
    </>
  );
}

function Countdown({ body, errors, onChange }: FormProps<TimerRequest>): JSX.Element {
  const minutes = Math.floor(body.seconds / 60);
  const seconds = body.seconds % 60;
  return (
    <>
      <div class="overlay-pair">
        <NumberField
          label={say.minutes}
          least={0}
          most={5999}
          value={minutes}
          error={errorAt(errors, "seconds")}
          onChange={(value) => onChange({ ...body, seconds: Math.max(0, Math.round(value)) * 60 + seconds })}
        />
        <NumberField
          label={say.seconds}
          least={0}
          most={59}
          value={seconds}
          onChange={(value) => onChange({ ...body, seconds: minutes * 60 + Math.max(0, Math.round(value)) })}
        />
      </div>
      <Select
        label={say.atZero}
        value={body.at_zero}
        options={optionsOf(say.atZeros)}
        onChange={(at_zero) => onChange({ ...body, at_zero: at_zero as TimerRequest["at_zero"] })}
      />
    </>
  );
}

/** A ticker's words, and how fast they go. */
export function TickerFields({ body, errors, onChange }: FormProps<TickerRequest>): JSX.Element {
  const speedRefused = errorAt(errors, "speed");
  return (
    <>
      <TextField
        label={say.items}
        hint={say.itemsHint}
        lines={4}
        maxLength={2000}
        value={body.items.join("\n")}
        error={errorAt(errors, "items")}
        onInput={(text) => onChange({ ...body, items: text.split("\n") })}
      />
      <div class="overlay-pair">
        <TextField
          label={say.separator}
          maxLength={10}
          value={body.separator}
          error={errorAt(errors, "separator")}
          onInput={(separator) => onChange({ ...body, separator })}
        />
        <NumberField
          label={say.speed}
          unit={say.perSecond}
          least={2}
          most={50}
          value={hundredths(body.speed)}
          error={speedRefused && ofHundredths(speedRefused)}
          onChange={(value) => onChange({ ...body, speed: value / 100 })}
        />
      </div>
    </>
  );
}

/** Two teams, a period, and whose time is shown; scores have their buttons in the list. */
export function ScoreboardFields(
  props: FormProps<ScoreboardRequest> & { timers: readonly TimerView[] },
): JSX.Element {
  const { body, errors, timers, onChange } = props;
  const options = timers.map((timer) => ({ value: timer.id, label: nameOf(timer) }));
  const lost = lostTimerOf(body, timers);
  if (lost) options.push({ value: lost, label: say.lostTimer(lost) });
  return (
    <>
      {(["home", "away"] as const).map((side) => (
        <TeamFields
          key={side}
          side={say.sides[side]}
          team={body[side]}
          error={errorAt(errors, `${side}.name`)}
          onChange={(team) => onChange({ ...body, [side]: team })}
        />
      ))}
      <div class="overlay-pair">
        <TextField
          label={say.label}
          maxLength={40}
          value={body.label}
          error={errorAt(errors, "label")}
          onInput={(label) => onChange({ ...body, label })}
        />
        <Select
          label={say.timer}
          value={body.timer}
          options={[{ value: "", label: say.noTimer }, ...options]}
          error={errorAt(errors, "timer")}
          onChange={(timer) => onChange({ ...body, timer })}
        />
      </div>
    </>
  );
}

interface TeamProps {
  side: string;
  team: TeamRequest;
  error: string | undefined;
  onChange: (team: TeamRequest) => void;
}

function TeamFields({ side, team, error, onChange }: TeamProps): JSX.Element {
  return (
    <div class="overlay-pair">
      <TextField
        label={say.nameOf(side)}
        maxLength={40}
        value={team.name}
        error={error}
        onInput={(name) => onChange({ ...team, name })}
      />
      <ColorField
        label={say.colorOf(side)}
        value={team.color}
        onChange={(color) => onChange({ ...team, color })}
      />
    </div>
  );
}
