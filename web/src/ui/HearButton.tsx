import type { JSX } from "preact";

/** There while the browser wants a click before it sounds. */
export function HearButton({ word, onClick }: { word: string; onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="button button-primary aloud" onClick={onClick}>
      {word}
    </button>
  );
}
