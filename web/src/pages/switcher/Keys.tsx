import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import {
  bind,
  bindAsUsual,
  bindings,
  isHeldWith,
  type KeyRefusal,
  ORDERS,
  type Order,
} from "../../state/bindings";
import { mixerTexts as say } from "../../texts.mixer";
import { Dialog } from "../../ui/Dialog";

interface Refused {
  order: Order;
  refusal: KeyRefusal;
}

/** All keys, each of which can be changed. */
export function KeyList({ onClose }: { onClose: () => void }): JSX.Element {
  /** The order that waits for its key. */
  const waiting = useSignal<Order | null>(null);
  const refused = useSignal<Refused | null>(null);
  const take = (order: Order, event: KeyboardEvent): void => {
    if (waiting.value !== order || event.key === "Tab" || isHeldWith(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const refusal = event.key === "Escape" ? null : bind(order, event);
    refused.value = refusal ? { order, refusal } : null;
    waiting.value = null;
  };
  return (
    <Dialog title={say.keys} onClose={onClose}>
      <dl class="keys">
        {say.sceneKeys.map(([key, what]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
        {ORDERS.map((order) => (
          <>
            <dt>
              <kbd>{say.keyName(bindings.value[order])}</kbd>
            </dt>
            <dd class="keys-order">
              {say.orders[order]}
              <button
                type="button"
                class="button button-small"
                aria-label={say.changeKey(say.orders[order])}
                onClick={() => {
                  refused.value = null;
                  waiting.value = order;
                }}
                onKeyDown={(event) => take(order, event)}
                onBlur={() => {
                  waiting.value = null;
                }}
              >
                {waiting.value === order ? say.pressKey : say.change}
              </button>
            </dd>
            {refused.value?.order === order ? (
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

function wordsOf(refusal: KeyRefusal): string {
  return refusal.why === "taken" ? say.keyTaken(say.orders[refusal.by]) : say.keyRefused[refusal.why];
}
