import type { JSX } from "preact";
import type { Commands } from "../state/commands";
import { sentences } from "../state/format";

interface CommandErrorsProps {
  commands: Commands;
  /** Of these commands alone. */
  titled?: string;
}

/** What the server refused, inside a sheet: the notices of the page lie behind it. */
export function CommandErrors({ commands, titled }: CommandErrorsProps): JSX.Element {
  const errors = commands.errors.value.filter(({ title }) => titled === undefined || title === titled);
  return (
    <>
      {errors.map((error) => (
        <p key={error.id} class="field-error" role="alert">
          {sentences(error.message, error.hint)}
        </p>
      ))}
    </>
  );
}
