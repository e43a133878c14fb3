import type { JSX } from "preact";
import type { CardRequest, LowerThirdStyle } from "../../client/types";
import { errorAt, type FieldErrors } from "../../state/field-errors";
import { overlayTexts as say } from "../../texts.overlays";
import { ColorField, type Option, Select, TextField } from "../../ui/Field";

const styles = (): Option[] => Object.entries(say.styles).map(([value, label]) => ({ value, label }));

interface LowerThirdFieldsProps {
  body: CardRequest;
  errors: FieldErrors;
  onChange: (body: CardRequest) => void;
}

/** Whose name, what they are, and how it looks. */
export function LowerThirdFields({ body, errors, onChange }: LowerThirdFieldsProps): JSX.Element {
  return (
    <>
      <TextField
        label={say.name}
        value={body.text}
        error={errorAt(errors, "text")}
        maxLength={200}
        onInput={(text) => onChange({ ...body, text })}
      />
      <TextField
        label={say.title}
        value={body.title}
        error={errorAt(errors, "title")}
        maxLength={80}
        onInput={(title) => onChange({ ...body, title })}
      />
      <div class="slot-row">
        <Select
          label={say.style}
          value={body.style}
          options={styles()}
          onChange={(style) => onChange({ ...body, style: style as LowerThirdStyle })}
        />
        <ColorField label={say.color} value={body.color} onChange={(color) => onChange({ ...body, color })} />
      </div>
    </>
  );
}
