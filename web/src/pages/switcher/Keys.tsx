import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import {
  bind,
  bindAsUsual,
  bindings,
  isHeldWith,
  type Keyed,
  type KeyRefusal,
  ORDERS,
  SCENES,
} from "../../state/bindings";
import { mixerTexts as say } from "../../texts.mixer";
import { Dialog } from "../../ui/Dialog";

interface Refused {
  what: Keyed;
  refusal: KeyRefusal;
}

/** All keys, each of which can be changed. */
export function KeyList({ onClose }: { onClose: () => void }): JSX.Element {
  /** What waits for its key. */
  const waiting = useSignal<Keyed | null>(null);
  const refused = useSignal<Refused | null>(null);
  const take = (what: Keyed, event: KeyboardEvent): void => {
    if (waiting.value !== what || event.key === "Tab" || isHeldWith(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const refusal = event.key === "Escape" ? null : bind(what, event);
    refused.value = refusal ? { what, refusal } : null;
    waiting.value = null;
  };
  return (
    <Dialog title={say.keys} onClose={onClose}>
      <p class="desk-hint">{say.sceneKeys}</p>
      <dl class="keys">
        {[...SCENES, ...ORDERS].map((what) => (
          <>
            <dt>
              <kbd>{say.keyName(bindings.value[what])}</kbd>
            </dt>
            <dd class="keys-order">
              {nameOf(what)}
              <button
                type="button"
                class="button button-small"
                aria-label={say.changeKey(nameOf(what))}
                onClick={() => {
                  refused.value = null;
                  waiting.value = what;
                }}
                onKeyDown={(event) => take(what, event)}
                onBlur={() => {
                  waiting.value = null;
                }}
              >
                {waiting.value === what ? say.pressKey : say.change}
              </button>
            </dd>
            {refused.value?.what === what ? (
              <dd class="keys-refused field-error">
                <span role="alert">{wordsOf(refused.value.refusal)}</span>
              </dd>
            ) : null}
          </>
        ))}
      </dl>
      <div class="dialog-actions">
        <button type="button" class="button button-small" onClick={bindAsUsual}>
          {say.usualKeys}
        </button>
      </div>
    </Dialog>
  );
}

const nameOf = (what: Keyed): string => (typeof what === "number" ? say.sceneAt(what) : say.orders[what]);

function wordsOf(refusal: KeyRefusal): string {
  return refusal.why === "taken" ? say.keyTaken(nameOf(refusal.by)) : say.keyRefused[refusal.why];
}
