import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { scenesApi, type TaggedScene } from "../../client/scenes";
import type { Thumbnails } from "../../client/thumbnails";
import type { SceneView } from "../../client/types";
import { bindings, SCENES, type SceneNumber } from "../../state/bindings";
import type { Console } from "../../state/console";
import { labelOf, type SceneTally, tagOf, tallyOf } from "../../state/mixing";
import { nameOfScene, peopleIn } from "../../state/people";
import { mixerTexts as say } from "../../texts.mixer";
import { sceneTexts } from "../../texts.scenes";
import { HeldButton, reasonOf } from "../../ui/Held";
import { Icon } from "../../ui/Icon";
import { Thumbnail } from "../../ui/Thumbnail";
import { NewScene } from "./NewScene";
import { SceneSheet } from "./SceneSheet";
import "../../styles/scenes.css";

interface ScenesProps {
  console: Console;
  thumbnails: Thumbnails;
}

const wordOf = (tally: SceneTally): string => ({ program: say.onAir, preview: say.next, off: "" })[tally];

/** The scene that is edited. */
type Sheet = TaggedScene | "new" | null;

/** Every scene as it looks now, and which of them are on air and next. */
export function Scenes({ console, thumbnails }: ScenesProps): JSX.Element {
  const scenes = useComputed(() => console.mixing.value.board?.scenes ?? []);
  const sheet = useSignal<Sheet>(null);
  const edit = (found: TaggedScene): void => {
    sheet.value = found;
  };
  const close = (): void => {
    sheet.value = null;
  };
  return (
    <section class="scenes" aria-label={say.scenes}>
      <header class="desk-section">
        <h2>{say.scenes}</h2>
        <span class="desk-hint">{say.sceneHint}</span>
        <button
          type="button"
          class="button button-small scenes-make"
          aria-haspopup="dialog"
          onClick={() => {
            sheet.value = "new";
          }}
        >
          {sceneTexts.make}
        </button>
      </header>
      <div class="scenes-grid">
        {scenes.value.map((scene, index) => (
          <SceneTile
            key={scene.id}
            scene={scene}
            number={SCENES[index] ?? null}
            console={console}
            thumbnails={thumbnails}
            onEdit={() => edit({ scene, tag: tagOf(console.mixing.peek(), "scenes", scene.id) })}
          />
        ))}
      </div>
      {sheet.value === "new" ? <NewScene console={console} onMade={edit} onClose={close} /> : null}
      {sheet.value && sheet.value !== "new" ? (
        <SceneSheet
          key={sheet.value.scene.id}
          found={sheet.value}
          console={console}
          thumbnails={thumbnails}
          onOther={edit}
          onRemoved={(scene) => console.deleted.put(labelOf(scene), () => scenesApi.make(scene))}
          onClose={close}
        />
      ) : null}
    </section>
  );
}

interface TileProps extends ScenesProps {
  scene: SceneView;
  /** By which its key is found; null where it has none. */
  number: SceneNumber | null;
  onEdit: () => void;
}

function SceneTile(props: TileProps): JSX.Element {
  const { scene, console, onEdit } = props;
  const name = labelOf(scene);
  return (
    <div class="scene-place">
      <SceneButton {...props} />
      <HeldButton
        class="button scene-edit"
        aria-haspopup="dialog"
        aria-label={sceneTexts.edit(name)}
        title={sceneTexts.edit(name)}
        why={console.mixing.value.board === null && say.away[0]}
        onClick={onEdit}
      >
        <Icon name="edit" />
      </HeldButton>
    </div>
  );
}

function SceneButton({ scene, number, console, thumbnails }: TileProps): JSX.Element {
  const { id } = scene;
  const second = useComputed(() => console.mixing.value.second).value;
  const tally = useComputed(() => tallyOf(console.mixing.value, id)).value;
  const people = useComputed(() => console.mixing.value.people).value;
  const shown = peopleIn(people, scene);
  const isAway = !console.ready.value;
  const isAsked = console.isPending(`scene:${id}`) || console.isPending(`scene:${id}:cut`);
  return (
    <button
      type="button"
      class={`scene scene-${tally}`}
      aria-disabled={isAway}
      title={nameOfScene(people, scene)}
      {...reasonOf(isAway && say.away[0])}
      onClick={({ detail, shiftKey }) => {
        if (isAway) return;
        // Without a mouse there is no double-click.
        if (detail === 0 && shiftKey) void console.cut(id);
        else if (detail < 2) void console.preview(id);
      }}
      onDblClick={() => {
        if (!isAway) void console.cut(id);
      }}
    >
      <span class="thumbnails">
        <Thumbnail scene={id} thumbnails={thumbnails} ready={console.ready.value} />
        {second ? (
          <Thumbnail scene={id} thumbnails={thumbnails} ready={console.ready.value} second={second} />
        ) : null}
      </span>
      <span class="scene-foot">
        {number === null ? null : (
          <span class="scene-key" aria-hidden="true">
            {say.keyName(bindings.value[number])}
          </span>
        )}
        <span class="scene-label">
          <span>{labelOf(scene)}</span>
          {shown === "" ? null : ` · ${shown}`}
        </span>
      </span>
      {isAsked || tally !== "off" ? (
        <span class="scene-word">{isAsked ? say.asked : wordOf(tally)}</span>
      ) : null}
    </button>
  );
}
