import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Operator } from "../../state/operator";
import { deskTexts as say } from "../../texts.desk";
import { Notice } from "../../ui/Notice";
import { hasUnsaved } from "./unsaved";

/** Long enough to read why. */
const LOOK_EVERY_MS = 3000;

/**
 * Said after an upgrade of the server; the page reloads by itself as soon as nothing would be lost, also where
 * the notice was put away because it lay over the show.
 */
export function OldPage({ operator }: { operator: Operator }): JSX.Element | null {
  const { build } = operator;
  const isOld = build.isOld.value;
  const isAway = useSignal(false);
  useEffect(() => {
    if (!isOld) return;
    const timer = setInterval(() => {
      if (!hasUnsaved(operator)) build.reloadOnce();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isOld]);
  if (!isOld || isAway.value) return null;
  const [title, detail] = say.oldPage;
  return (
    <Notice tone="warn" title={title}>
      <p>{detail}</p>
      <div class="desk-error-actions">
        <button type="button" class="button button-small" onClick={() => build.reload()}>
          {say.reload}
        </button>
        <button
          type="button"
          class="button button-small"
          onClick={() => {
            isAway.value = true;
          }}
        >
          {say.later}
        </button>
      </div>
    </Notice>
  );
}
