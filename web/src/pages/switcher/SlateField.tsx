import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { errorAt } from "../../state/field-errors";
import type { FramingHand } from "../../state/framing-hand";
import type { Library } from "../../state/library";
import { framingTexts as say } from "../../texts.framing";
import { Select } from "../../ui/Field";

interface SlateFieldProps {
  hand: FramingHand;
  library: Library;
}

/** What is shown of a source that has no picture: its name, or a still of the media folder. */
export function SlateField({ hand, library }: SlateFieldProps): JSX.Element {
  const { slate } = hand.draft.value;
  useEffect(() => {
    if (library.list.peek() === null) void library.load();
  }, [library]);
  const stills = (library.list.value?.media ?? []).filter(({ kind }) => kind === "still").map(({ id }) => id);
  // One that was put into the folder by hand is not in the library.
  const files = slate && !stills.includes(slate) ? [slate, ...stills] : stills;
  return (
    <div>
      <Select
        label={say.slate}
        value={slate}
        options={[{ value: "", label: say.ownSlate }, ...files.map((id) => ({ value: id, label: id }))]}
        error={errorAt(hand.attempt.errors.value, "slate")}
        onChange={(file) => hand.change({ slate: file })}
      />
      {files.length === 0 ? <p class="field-note">{say.noStills}</p> : null}
    </div>
  );
}
