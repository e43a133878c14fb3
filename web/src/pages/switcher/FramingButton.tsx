import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Thumbnails } from "../../client/thumbnails";
import type { SourceView } from "../../client/types";
import type { Console } from "../../state/console";
import { labelOf } from "../../state/mixing";
import { framingTexts as say } from "../../texts.framing";
import { FramingSheet } from "./FramingSheet";

interface FramingButtonProps {
  /** The source's id. */
  source: string;
  /** What it is called here; its label where it is left out. */
  name?: string;
  console: Console;
  thumbnails: Thumbnails;
}

/** Opens what is cut off a source's picture; nothing where there is no such source. */
export function FramingButton({ source, name, console, thumbnails }: FramingButtonProps): JSX.Element | null {
  const opened = useSignal<SourceView | null>(null);
  const found = useComputed(() => console.mixing.value.board?.sources.find(({ id }) => id === source)).value;
  if (!found) return null;
  return (
    <>
      <button
        type="button"
        class="button button-small"
        aria-haspopup="dialog"
        aria-label={say.openOf(name ?? labelOf(found))}
        onClick={() => {
          opened.value = found;
        }}
      >
        {say.open}
      </button>
      {opened.value ? (
        <FramingSheet
          source={opened.value}
          console={console}
          thumbnails={thumbnails}
          onClose={() => {
            opened.value = null;
          }}
        />
      ) : null}
    </>
  );
}
