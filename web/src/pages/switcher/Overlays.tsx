import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { OverlayView } from "../../client/types";
import { tagOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { isTimer } from "../../state/overlays";
import { overlayTexts } from "../../texts.overlays";
import { sceneTexts as say } from "../../texts.scenes";
import { stays } from "../../ui/leave-focus";
import { useList } from "../../ui/use-list";
import { OverlayRow } from "./OverlayRow";
import { OverlaySheet, type SheetKind } from "./OverlaySheet";
import "../../styles/outputs.css";

const KINDS = Object.keys(overlayTexts.add) as SheetKind[];

/** What the sheet is for: a new overlay, or one that there is. */
type Sheet = { kind: SheetKind; overlay: OverlayView | null } | null;

/** What is laid onto program, also the names that were put on air at a guest's tile. */
export function Overlays({ operator }: { operator: Operator }): JSX.Element {
  const sheet = useSignal<Sheet>(null);
  const overlays = useList(() => operator.mixing.value.board?.overlays ?? []).value;
  const open = (kind: SheetKind, overlay: OverlayView | null): void => {
    sheet.value = { kind, overlay };
  };
  return (
    <section aria-label={say.overlays}>
      <header class="desk-section outputs-head outputs-many">
        <h2>{say.overlays}</h2>
        <span class="outputs-add">
          {KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              class="button button-small"
              aria-haspopup="dialog"
              onClick={() => open(kind, null)}
            >
              {overlayTexts.add[kind]}
            </button>
          ))}
        </span>
      </header>
      {overlays.length === 0 ? <p class="desk-nobody">{overlayTexts.none}</p> : null}
      <ul {...stays} class="outputs">
        {overlays.map((overlay) => (
          <OverlayRow
            key={overlay.id}
            overlay={overlay}
            operator={operator}
            onChange={() => open(overlay.kind, overlay)}
          />
        ))}
      </ul>
      {sheet.value ? (
        <OverlaySheet
          {...sheet.value}
          current={overlays.find(({ id }) => id === sheet.value?.overlay?.id) ?? null}
          tag={tagOf(operator.mixing.value, "overlays", sheet.value.overlay?.id ?? "")}
          timers={overlays.filter(isTimer)}
          onClose={() => {
            sheet.value = null;
          }}
        />
      ) : null}
    </section>
  );
}
