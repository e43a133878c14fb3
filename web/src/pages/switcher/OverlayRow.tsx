import type { JSX } from "preact";
import { overlaysApi } from "../../client/scenes";
import type { OverlayView } from "../../client/types";
import { tagOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { bodyOf, nameOf } from "../../state/overlays";
import { sceneTexts as say } from "../../texts.scenes";
import { Chip } from "../../ui/Chip";
import { HeldButton } from "../../ui/Held";
import { ScoreButtons, TimerButtons } from "./RunningOverlay";

/** Delete it, and keep it for whoever presses Undo. */
async function removeOverlay({ console }: Operator, overlay: OverlayView, tag: string | null): Promise<void> {
  await overlaysApi.remove(overlay.id, tag);
  console.deleted.put(nameOf(overlay), () => overlaysApi.make({ ...bodyOf(overlay), id: overlay.id }));
}

interface RowProps {
  overlay: OverlayView;
  operator: Operator;
  onChange: () => void;
}

/** An overlay: whether it is seen, what it does at the moment, and the buttons for that. */
export function OverlayRow({ overlay, operator, onChange }: RowProps): JSX.Element {
  const { commands } = operator;
  const { id, on, shown } = overlay;
  const name = nameOf(overlay);
  const key = `overlay:${id}`;
  const busy = commands.pending.value.has(key);
  const run = (work: (id: string) => Promise<unknown>) => (): void =>
    void commands.run(key, say.overlayFailed(name), () => work(id));
  return (
    <li class="output">
      <div class="output-what">
        {shown ? <Chip tone="bad">{say.seen}</Chip> : null}
        <b class="output-name">{name}</b>
        <span class="desk-hint">{say.anchors[overlay.anchor]}</span>
      </div>
      <div class="output-actions">
        <HeldButton
          class={shown ? "button button-small button-on-air" : "button button-small"}
          aria-label={on ? say.hideOf(name) : say.showOf(name)}
          busy={busy}
          isComing={shown !== null && shown !== on}
          onClick={run(on ? overlaysApi.hide : overlaysApi.show)}
        >
          {on ? say.hide : say.show}
        </HeldButton>
        <button
          type="button"
          class="button button-small"
          aria-haspopup="dialog"
          aria-label={say.changeOf(name)}
          onClick={onChange}
        >
          {say.change}
        </button>
        <HeldButton
          class="button button-small button-danger"
          aria-label={say.removeOf(name)}
          busy={busy}
          why={on && say.hideFirst}
          onClick={run((id) =>
            removeOverlay(operator, overlay, tagOf(operator.mixing.peek(), "overlays", id)),
          )}
        >
          {say.remove}
        </HeldButton>
      </div>
      {overlay.kind === "timer" && overlay.mode !== "clock" ? (
        <TimerButtons timer={overlay} operator={operator} />
      ) : null}
      {overlay.kind === "scoreboard" ? <ScoreButtons board={overlay} operator={operator} /> : null}
    </li>
  );
}
