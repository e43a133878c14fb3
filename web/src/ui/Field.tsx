import type { ComponentChildren, JSX, TargetedEvent } from "preact";
import { useId, useRef } from "preact/hooks";
import "../styles/field.css";

export interface Option {
  value: string;
  label: string;
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
  error?: string | undefined;
  empty?: string;
  children?: ComponentChildren;
}

/** A choice with its label and fault; says so when there is nothing to choose. */
export function Select({
  label,
  value,
  options,
  onChange,
  error,
  empty,
  children,
}: SelectProps): JSX.Element {
  const id = useId();
  const known = options.some((option) => option.value === value);
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <div class="field-row">
        <select
          id={id}
          class="field-input"
          value={known ? value : (options[0]?.value ?? "")}
          disabled={options.length === 0}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-note` : undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {options.length === 0 ? <option value="">{empty}</option> : null}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        {children}
      </div>
      {error ? (
        <p id={`${id}-note`} class="field-note field-error">
          {error}
        </p>
      ) : null}
    </div>
  );
}

interface TextProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  maxLength?: number;
  autoComplete?: string;
  /** How many are shown, where there may be several. */
  lines?: number;
}

/** Of a name, and of every other short text, as the API takes it. */
const SHORT_TEXT = 80;

/** Text, usually of one line, with its label, hint and fault. */
export function TextField(props: TextProps): JSX.Element {
  const id = useId();
  const note = props.error ?? props.hint;
  const common = {
    id,
    value: props.value,
    maxLength: props.maxLength ?? SHORT_TEXT,
    "aria-invalid": props.error ? true : undefined,
    "aria-describedby": note ? `${id}-note` : undefined,
    onInput: (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      props.onInput(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {props.label}
      </label>
      {props.lines ? (
        <textarea {...common} class="field-input field-lines" rows={props.lines} />
      ) : (
        <input {...common} class="field-input" type="text" autocomplete={props.autoComplete ?? "off"} />
      )}
      {note ? (
        <p id={`${id}-note`} class={props.error ? "field-note field-error" : "field-note"}>
          {note}
        </p>
      ) : null}
    </div>
  );
}

interface NumberProps {
  label: string;
  value: number;
  /** Told of a number once it is whole: when the field is left, or by Enter and the arrows. */
  onChange: (value: number) => void;
  unit?: string;
  step?: number;
  least?: number;
  most?: number;
  error?: string | undefined;
}

/** A number with its label, unit and fault. */
export function NumberField(props: NumberProps): JSX.Element {
  const { label, value, onChange, unit, step = 1, least, most, error } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  // What is being typed is nobody else's to change.
  const isTyped = input.current !== null && input.current === document.activeElement;
  return (
    <div class="field field-number">
      <label class="field-label" for={id}>
        {unit ? `${label} (${unit})` : label}
      </label>
      <input
        id={id}
        class="field-input"
        ref={input}
        type="number"
        value={isTyped ? input.current?.value : value}
        step={step}
        min={least}
        max={most}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-note` : undefined}
        onChange={({ currentTarget }) => {
          const { valueAsNumber } = currentTarget;
          if (Number.isFinite(valueAsNumber)) onChange(valueAsNumber);
          else currentTarget.value = String(value);
        }}
      />
      {error ? (
        <p id={`${id}-note`} class="field-note field-error">
          {error}
        </p>
      ) : null}
    </div>
  );
}

interface ColorProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** A colour, `#rrggbb`, with its label. */
export function ColorField({ label, value, onChange }: ColorProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="field-input field-color"
        type="color"
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </div>
  );
}

interface SwitchProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: string;
}

/** A box to tick, with its words as its label. */
export function Checkbox({ label, checked, onChange, hint }: SwitchProps): JSX.Element {
  return (
    <label class="checkbox">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>
        {label}
        {hint ? <span class="checkbox-hint">{hint}</span> : null}
      </span>
    </label>
  );
}
