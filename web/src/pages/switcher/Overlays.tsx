import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { overlaysApi } from "../../client/scenes";
import type { CardView } from "../../client/types";
import { tagOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { isCard } from "../../state/overlays";
import { sceneTexts as say } from "../../texts.scenes";
import { Chip } from "../../ui/Chip";
import { useList } from "../../ui/use-list";
import { OverlaySheet } from "./OverlaySheet";
import "../../styles/outputs.css";

/** What the sheet is for: a new overlay, or one that there is. */
type Sheet = { kind: "text" | "image"; overlay: CardView | null } | null;

/** Logos and texts on program; names on air have their button at the guest's tile. */
export function Overlays({ operator }: { operator: Operator }): JSX.Element {
  const sheet = useSignal<Sheet>(null);
  const overlays = useList(() =>
    (operator.mixing.value.board?.overlays ?? []).filter(isCard).filter(({ kind }) => kind !== "lower_third"),
  ).value;
  const add = (kind: "text" | "image") => (): void => {
    sheet.value = { kind, overlay: null };
  };
  return (
    <section aria-label={say.overlays}>
      <header class="desk-section outputs-head">
        <h2>{say.overlays}</h2>
        <span class="outputs-add">
          <button type="button" class="button button-small" aria-haspopup="dialog" onClick={add("text")}>
            {say.addText}
          </button>
          <button type="button" class="button button-small" aria-haspopup="dialog" onClick={add("image")}>
            {say.addLogo}
          </button>
        </span>
      </header>
      {overlays.length === 0 ? <p class="desk-nobody">{say.noOverlays}</p> : null}
      <ul class="outputs">
        {overlays.map((overlay) => (
          <OverlayRow
            key={overlay.id}
            overlay={overlay}
            operator={operator}
            onChange={() => {
              sheet.value = { kind: overlay.kind === "image" ? "image" : "text", overlay };
            }}
          />
        ))}
      </ul>
      {sheet.value ? (
        <OverlaySheet
          {...sheet.value}
          current={overlays.find(({ id }) => id === sheet.value?.overlay?.id) ?? null}
          tag={tagOf(operator.mixing.value, "overlays", sheet.value.overlay?.id ?? "")}
          onClose={() => {
            sheet.value = null;
          }}
        />
      ) : null}
    </section>
  );
}

const nameOf = ({ text, url, id }: CardView): string => text.split("\n")[0] || url || id;

/** Delete it, and keep it for whoever presses Undo. */
async function removeOverlay({ console }: Operator, overlay: CardView, tag: string | null): Promise<void> {
  await overlaysApi.remove(overlay.id, tag);
  const { shown: _, ...body } = overlay;
  console.deleted.put(nameOf(overlay), () => overlaysApi.make(body));
}

interface RowProps {
  overlay: CardView;
  operator: Operator;
  onChange: () => void;
}

function OverlayRow({ overlay, operator, onChange }: RowProps): JSX.Element {
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
        <button
          type="button"
          class={shown ? "button button-small button-on-air" : "button button-small"}
          aria-label={on ? say.hideOf(name) : say.showOf(name)}
          aria-busy={busy || (shown !== null && shown !== on)}
          disabled={busy}
          onClick={run(on ? overlaysApi.hide : overlaysApi.show)}
        >
          {on ? say.hide : say.show}
        </button>
        <button
          type="button"
          class="button button-small"
          aria-haspopup="dialog"
          aria-label={say.changeOf(name)}
          onClick={onChange}
        >
          {say.change}
        </button>
        <button
          type="button"
          class="button button-small button-danger"
          aria-label={say.removeOf(name)}
          disabled={busy || on}
          title={on ? say.hideFirst : undefined}
          onClick={run((id) =>
            removeOverlay(operator, overlay, tagOf(operator.mixing.peek(), "overlays", id)),
          )}
        >
          {say.remove}
        </button>
      </div>
    </li>
  );
}
