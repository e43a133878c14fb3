import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Follow, SceneSoundView } from "../../client/types";
import { errorAt } from "../../state/field-errors";
import type { SceneEditor } from "../../state/scene-editor";
import { sceneTexts as say } from "../../texts.scenes";
import { NumberField, type Option, Select } from "../../ui/Field";
import { Icon } from "../../ui/Icon";

const LEAST_DB = -60;
const MOST_DB = 20;
const STRIP = "strip";
const HEARD = [STRIP, "open", "off", "follow"] as const;
const isFollow = (value: string): value is Follow => ["follow", "open", "off"].includes(value);

interface SceneSoundsProps {
  editor: SceneEditor;
  nameOf: (source: string) => string;
  sources: readonly Option[];
}

/** How sources are heard while the scene is on air, where that is not as their strips say. */
export function SceneSounds({ editor, nameOf, sources }: SceneSoundsProps): JSX.Element {
  const { audio } = editor.draft.value;
  const free = sources.filter(({ value }) => !audio.some(({ source }) => source === value));
  const chosen = useSignal("");
  const next = free.find(({ value }) => value === chosen.value) ?? free[0];
  return (
    <section class="slot-part" aria-label={say.sounds}>
      <h3 class="field-label">{say.sounds}</h3>
      <p class="desk-hint">{say.soundsHint}</p>
      {audio.map((rule, index) => (
        <Rule key={rule.source} editor={editor} rule={rule} index={index} name={nameOf(rule.source)} />
      ))}
      {next ? (
        <Select
          label={say.addSound}
          value={next.value}
          options={free}
          onChange={(value) => (chosen.value = value)}
        >
          <button type="button" class="button" onClick={() => editor.hear(next.value, { follow: "open" })}>
            {say.setSound}
          </button>
        </Select>
      ) : null}
    </section>
  );
}

interface RuleProps {
  editor: SceneEditor;
  rule: SceneSoundView;
  index: number;
  name: string;
}

function Rule({ editor, rule, index, name }: RuleProps): JSX.Element {
  return (
    <fieldset class="scene-sound" aria-label={name}>
      <Select
        label={name}
        value={rule.follow ?? STRIP}
        options={HEARD.map((value) => ({ value, label: say.hears[value] }))}
        onChange={(value) => editor.hear(rule.source, { follow: isFollow(value) ? value : null })}
      />
      <NumberField
        label={say.gain}
        unit="dB"
        least={LEAST_DB}
        most={MOST_DB}
        value={rule.gain_db}
        error={errorAt(editor.attempt.errors.value, `audio.${index}.gain_db`)}
        onChange={(gain_db) => editor.hear(rule.source, { gain_db })}
      />
      <button
        type="button"
        class="button button-small"
        aria-label={say.asUsual(name)}
        title={say.asUsual(name)}
        onClick={() => editor.hear(rule.source, null)}
      >
        <Icon name="close" />
      </button>
    </fieldset>
  );
}
