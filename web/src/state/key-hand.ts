/** A source's key under an operator's hand: it stays there after it was set, to be set again by eye. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { sourcesApi } from "../client/library";
import type { SourceView } from "../client/types";
import { Attempt } from "./attempt";
import { type Mixing, tagOf } from "./mixing";
import { isSameKey, type Key } from "./source-key";

export class KeyHand {
  readonly draft;
  readonly attempt = new Attempt();
  /** The source as control tells it now; null where it is no more. */
  readonly source = computed(
    () => this.mixing.value.board?.sources.find(({ id }) => id === this.opened.id) ?? null,
  );
  readonly isOnAir = computed(() => this.mixing.value.mixer?.tally[this.opened.id] === "program");
  readonly isChanged = computed(() => !isSameKey(this.draft.value, this.#base.value));
  /** It was set here, and nothing of it has changed since. */
  readonly isSet = computed(() => this.#wasSet.value && !this.isChanged.value);
  /** Another operator has keyed it otherwise meanwhile. */
  readonly isOvertaken = computed(() => {
    const now = this.source.value;
    if (now === null || this.attempt.busy.value) return false;
    return ![this.#base.value, ...this.#past.value].some((known) => isSameKey(known, now.key));
  });
  /** What the draft was begun from, or was set last. */
  readonly #base;
  /** What may be told of it until what was set here is told. */
  readonly #past = signal<readonly (Key | null)[]>([]);
  readonly #wasSet = signal(false);

  constructor(
    readonly opened: SourceView,
    private readonly mixing: ReadonlySignal<Mixing>,
  ) {
    this.draft = signal(opened.key);
    this.#base = signal(opened.key);
  }

  change(key: Key | null): void {
    this.draft.value = key;
  }

  /** Take note of what is told of it now; who has changed nothing goes along with others. */
  follow(): void {
    const now = this.source.value;
    if (!now) return;
    if (this.#past.peek().length > 0 && isSameKey(now.key, this.#base.value)) this.#past.value = [];
    if (!this.isOvertaken.value || this.isChanged.value) return;
    this.#wasSet.value = false;
    this.#base.value = now.key;
    this.draft.value = now.key;
  }

  /** Set it, with all else of the source as it is now; false where control refuses it. */
  async set(): Promise<boolean> {
    const key = this.draft.peek();
    const done = await this.attempt.run(async () => {
      const source = this.source.peek() ?? this.opened;
      await sourcesApi.save({ ...source, key }, tagOf(this.mixing.peek(), "sources", source.id));
      this.#past.value = [...this.#past.peek(), this.#base.peek(), source.key];
      this.#base.value = key;
      this.#wasSet.value = true;
      return true;
    });
    return done ?? false;
  }
}
