import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Console } from "../../state/console";
import { labelOf } from "../../state/mixing";
import { framingTexts as say } from "../../texts.framing";

interface FramingButtonProps {
  /** The source's id. */
  source: string;
  /** What it is called here; its label where it is left out. */
  name?: string;
  console: Console;
}

/** Opens what is cut off a source's picture; nothing where there is no such source. */
export function FramingButton({ source: id, name, console }: FramingButtonProps): JSX.Element | null {
  const source = useComputed(() => console.mixing.value.board?.sources.find((each) => each.id === id)).value;
  if (!source) return null;
  return (
    <button
      type="button"
      class="button button-small"
      aria-haspopup="dialog"
      aria-label={say.openOf(name ?? labelOf(source))}
      onClick={() => {
        console.sheet.value = { of: "framing", source, name: labelOf(source) };
      }}
    >
      {say.open}
    </button>
  );
}
