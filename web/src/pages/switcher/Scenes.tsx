import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Thumbnails } from "../../client/thumbnails";
import type { SceneView } from "../../client/types";
import type { Console } from "../../state/console";
import { labelOf, tallyOf } from "../../state/mixing";
import { mixerTexts as say } from "../../texts.mixer";
import { onSeen } from "../../ui/seen";
import "../../styles/scenes.css";

interface ScenesProps {
  console: Console;
  thumbnails: Thumbnails;
}

const WORDS = { program: say.onAir, preview: say.next, off: "" };
const KEYED = 9;

/** Every scene as it looks now, and which of them are on air and next. */
export function Scenes({ console, thumbnails }: ScenesProps): JSX.Element {
  const scenes = useComputed(() => console.mixing.value.board?.scenes ?? []);
  return (
    <section class="scenes" aria-label={say.scenes}>
      <header class="desk-section">
        <h2>{say.scenes}</h2>
        <span class="desk-hint">{say.sceneHint}</span>
      </header>
      <div class="scenes-grid">
        {scenes.value.map((scene, index) => (
          <SceneTile
            key={scene.id}
            scene={scene}
            number={index < KEYED ? index + 1 : null}
            console={console}
            thumbnails={thumbnails}
          />
        ))}
      </div>
    </section>
  );
}

interface TileProps extends ScenesProps {
  scene: SceneView;
  /** Its key. */
  number: number | null;
}

function SceneTile({ scene, number, console, thumbnails }: TileProps): JSX.Element {
  const { id } = scene;
  const tally = useComputed(() => tallyOf(console.mixing.value, id)).value;
  const isAsked = console.isPending(`scene:${id}`) || console.isPending(`scene:${id}:cut`);
  return (
    <button
      type="button"
      class={`scene scene-${tally}`}
      disabled={!console.ready.value}
      title={console.ready.value ? labelOf(scene) : say.away[0]}
      onClick={({ detail }) => {
        if (detail < 2) void console.preview(id);
      }}
      onDblClick={() => void console.cut(id)}
    >
      <Thumbnail scene={id} thumbnails={thumbnails} ready={console.ready.value} />
      <span class="scene-foot">
        {number === null ? null : (
          <span class="scene-key" aria-hidden="true">
            {number}
          </span>
        )}
        <span class="scene-label">{labelOf(scene)}</span>
      </span>
      {isAsked || tally !== "off" ? (
        <span class="scene-word">{isAsked ? say.asked : WORDS[tally]}</span>
      ) : null}
    </button>
  );
}

interface ThumbnailProps {
  scene: string;
  thumbnails: Thumbnails;
  /** Whether there is a mixer that draws it. */
  ready: boolean;
}

/** The scene's picture, fresh while it can be seen; the words beside it say which scene it is. */
function Thumbnail({ scene, thumbnails, ready }: ThumbnailProps): JSX.Element {
  const box = useRef<HTMLSpanElement>(null);
  const seen = useSignal(false);
  const url = useSignal("");
  useEffect(
    () =>
      onSeen(box.current, (now) => {
        seen.value = now;
      }),
    [],
  );
  const wanted = ready && seen.value;
  useEffect(() => {
    if (!wanted) return;
    return thumbnails.watch(scene, (fresh) => {
      url.value = fresh;
    });
  }, [scene, wanted]);
  useEffect(() => () => thumbnails.forget(scene), [scene]);
  return (
    <span class="scene-picture" ref={box}>
      {url.value ? <img src={url.value} alt="" /> : null}
    </span>
  );
}
