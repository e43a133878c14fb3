import type { JSX } from "preact";
import type { Commands } from "../state/commands";
import { sentences } from "../state/format";

/** What the server refused, inside a sheet: the notices of the page lie behind it. */
export function CommandErrors({ commands }: { commands: Commands }): JSX.Element {
  return (
    <>
      {commands.errors.value.map((error) => (
        <p key={error.id} class="field-error" role="alert">
          {sentences(error.message, error.hint)}
        </p>
      ))}
    </>
  );
}
