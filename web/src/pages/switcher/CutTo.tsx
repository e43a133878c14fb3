import type { JSX } from "preact";
import type { SceneView } from "../../client/types";
import type { Console } from "../../state/console";
import { nameOfScene } from "../../state/people";
import { backstageTexts as say } from "../../texts.backstage";
import { HeldButton } from "../../ui/Held";

interface CutToProps {
  console: Console;
  /** Null where there is none. */
  scene: SceneView | null;
  /** Where all around it is red already. */
  plain?: boolean;
}

/** The way out where somebody is lost on air. */
export function CutTo({ console, scene, plain = false }: CutToProps): JSX.Element | null {
  if (!scene) return null;
  return (
    <HeldButton
      class={plain ? "button button-small" : "button button-danger-solid"}
      busy={console.isPending(`scene:${scene.id}:cut`)}
      onClick={() => void console.cut(scene.id)}
    >
      {say.cutTo(nameOfScene(console.mixing.value.people, scene))}
    </HeldButton>
  );
}
