/** A source that is added, or changed, under an operator's hand. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { sourcesApi } from "../client/library";
import type { DeviceView, SourceView } from "../client/types";
import type { AddedKind } from "./added-sources";
import { Attempt } from "./attempt";
import { type Mixing, tagOf } from "./mixing";
import { changedFields, FRESH_DRAFT, fieldsOf, missingOf, newSource, type SourceDraft } from "./source-draft";

/** Two that are opened and two that are now are told apart by the fields of the form alone. */
export class SourceHand {
  readonly kind;
  readonly draft;
  readonly attempt = new Attempt();
  /** The source as control tells it now; null of a new one, and where it is no more. */
  readonly source = computed(
    () => this.mixing.value.board?.sources.find(({ id }) => id === this.opened?.id) ?? null,
  );
  readonly isGone = computed(() => this.opened !== null && this.source.value === null);
  readonly isOnAir = computed(() => this.mixing.value.mixer?.tally[this.opened?.id ?? ""] === "program");
  readonly isChanged = computed(
    () => changedFields(this.kind.value, this.draft.value, this.opened ?? FRESH_DRAFT).length > 0,
  );
  /** Another operator has changed it meanwhile. */
  readonly isOvertaken = computed(() => {
    const [now, opened] = [this.source.value, this.opened];
    if (now === null || opened === null || this.attempt.busy.value) return false;
    return changedFields(this.kind.value, now, opened).length > 0;
  });
  /** Why it cannot be sent as it is; empty where it can. */
  readonly missing = computed(() => missingOf(this.kind.value, this.draft.value, this.opened?.url ?? ""));

  /** @param opened The source as it was when its form was opened; null for a new one. */
  constructor(
    readonly opened: SourceView | null,
    kind: AddedKind,
    private readonly mixing: ReadonlySignal<Mixing>,
  ) {
    this.kind = signal(kind);
    this.draft = signal<SourceDraft>(opened ?? FRESH_DRAFT);
  }

  /** Become another kind; an address of one is none of another. */
  choose(kind: AddedKind): void {
    if (kind === this.kind.peek()) return;
    this.kind.value = kind;
    this.attempt.refusal.value = null;
    this.change({ url: "", capture: null });
  }

  change(change: Partial<SourceDraft>): void {
    this.draft.value = { ...this.draft.peek(), ...change };
  }

  /** Add it, or keep it with all else of it as it is now; false where control refuses it. */
  async save(devices: readonly DeviceView[]): Promise<boolean> {
    const [kind, draft] = [this.kind.peek(), this.draft.peek()];
    const done = await this.attempt.run(async () => {
      if (!this.opened) return sourcesApi.make(newSource(kind, draft, devices));
      const source = this.source.peek() ?? this.opened;
      const tag = tagOf(this.mixing.peek(), "sources", source.id);
      await sourcesApi.save({ ...source, ...fieldsOf(kind, draft, devices) }, tag);
      return true;
    });
    return done !== null;
  }
}
