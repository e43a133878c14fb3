import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { stackOf } from "../../state/scene-draft";
import type { SceneEditor } from "../../state/scene-editor";
import { sceneTexts as say } from "../../texts.scenes";
import { type Option, Select } from "../../ui/Field";
import { Icon } from "../../ui/Icon";

interface SlotListProps {
  editor: SceneEditor;
  nameOf: (source: string) => string;
  sources: readonly Option[];
}

/** The slots on the canvas as they lie above each other, and how one is added; nothing where the mixer lays them out. */
export function SlotList({ editor, nameOf, sources }: SlotListProps): JSX.Element | null {
  const chosen = useSignal(sources[0]?.value ?? "");
  const slots = editor.slots.value;
  if (slots === null) return null;
  const order = stackOf({ slots }).reverse();
  return (
    <section aria-label={say.slots}>
      <h3 class="field-label">{say.slots}</h3>
      {order.length === 0 ? <p class="desk-nobody">{say.noSlots}</p> : null}
      <ul class="slot-list">
        {order.map((index) => (
          <SlotRow key={index} editor={editor} index={index} name={nameOf(slots[index]?.source ?? "")} />
        ))}
      </ul>
      <Select
        label={say.add}
        value={chosen.value}
        options={sources}
        onChange={(value) => (chosen.value = value)}
      >
        <button type="button" class="button" onClick={() => editor.add(chosen.value)}>
          {say.addNow}
        </button>
      </Select>
    </section>
  );
}

interface SlotRowProps {
  editor: SceneEditor;
  index: number;
  name: string;
}

function SlotRow({ editor, index, name }: SlotRowProps): JSX.Element {
  const isSelected = editor.selected.value === index;
  return (
    <li class="slot-item">
      <button
        type="button"
        class={isSelected ? "button button-small button-active slot-name" : "button button-small slot-name"}
        aria-pressed={isSelected}
        onClick={() => (editor.selected.value = index)}
      >
        {name}
      </button>
      <button
        type="button"
        class="button button-small"
        aria-label={say.higher(name)}
        title={say.higher(name)}
        onClick={() => editor.raise(index, 1)}
      >
        ↑
      </button>
      <button
        type="button"
        class="button button-small"
        aria-label={say.lower(name)}
        title={say.lower(name)}
        onClick={() => editor.raise(index, -1)}
      >
        ↓
      </button>
      <button
        type="button"
        class="button button-small"
        aria-label={say.drop(name)}
        title={say.drop(name)}
        onClick={() => editor.drop(index)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
