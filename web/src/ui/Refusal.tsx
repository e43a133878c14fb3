import type { JSX } from "preact";
import type { Attempt } from "../state/attempt";
import { wordsOf } from "../state/commands";
import { errorAt } from "../state/field-errors";
import { sentences } from "../state/format";

interface RefusalProps {
  attempt: Attempt;
  /** The fields that say themselves why they are refused. */
  fields: readonly string[];
}

/** Why a form was refused, where no field says so. */
export function Refusal({ attempt, fields }: RefusalProps): JSX.Element | null {
  const refusal = attempt.refusal.value;
  const errors = attempt.errors.value;
  if (!refusal || fields.some((field) => errorAt(errors, field) !== undefined)) return null;
  return (
    <p class="field-error" role="alert">
      {sentences(...wordsOf(refusal))}
    </p>
  );
}
