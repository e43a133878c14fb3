/** Keys that were on their way to a field, and find it gone, or closed, under the focus: they are nobody's orders. */

import { placeOf } from "../state/places";

/** Whoever types sees it within that, and lets go. */
const LOST_MS = 1000;
/** What takes the focus from a field that stays where it is. */
const CLOSING = ["disabled", "hidden", "inert"];

const canBeTypedIn = (field: Element): boolean =>
  field.isConnected && !field.matches(":disabled") && field.closest("[hidden], [inert]") === null;

export class LostField {
  /** What is typed in. */
  #field: Element | null = null;
  #lostAt = Number.NEGATIVE_INFINITY;
  readonly #changes = new MutationObserver(() => {
    if (!this.#field || canBeTypedIn(this.#field)) return;
    this.#lostAt = performance.now();
    this.#leave();
  });

  /** A key goes to its place: whoever types there means that field, until they leave it. */
  readonly hear = (event: KeyboardEvent): void => {
    const field = event.target;
    if (!(field instanceof Element) || placeOf(field) !== "typing") return;
    const isEnd =
      event.key === "Escape" || (event.key === "Enter" && !(field instanceof HTMLTextAreaElement));
    if (isEnd) this.#leave();
    else if (field !== this.#field) this.#watch(field);
  };

  /** The focus or a pointer goes somewhere. */
  readonly go = ({ target }: Event): void => {
    if (target !== this.#field) this.#leave();
  };

  /** Whether a key comes just after a field was lost, or after another such key. */
  takes(): boolean {
    const now = performance.now();
    if (now - this.#lostAt >= LOST_MS) return false;
    this.#lostAt = now;
    return true;
  }

  close(): void {
    this.#leave();
  }

  #watch(field: Element): void {
    this.#leave();
    this.#field = field;
    this.#changes.observe(document.body, { childList: true, subtree: true, attributeFilter: CLOSING });
  }

  #leave(): void {
    this.#field = null;
    this.#changes.disconnect();
  }
}
