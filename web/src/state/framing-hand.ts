/** A source's framing, its slate, and a still's time, under an operator's hand: nothing of it holds before it is saved. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { sourcesApi } from "../client/library";
import type { SourceView } from "../client/types";
import { Attempt } from "./attempt";
import { type Framing, framingOf, isSameFraming, WHOLE } from "./framing";
import { type Mixing, tagOf } from "./mixing";

type Framed = Framing & Pick<SourceView, "duration_s" | "slate">;

const framedOf = (source: SourceView): Framed => ({
  ...framingOf(source),
  duration_s: source.duration_s,
  slate: source.slate,
});

const isSame = (a: Framed, b: Framed): boolean =>
  isSameFraming(a, b) && a.duration_s === b.duration_s && a.slate === b.slate;

export class FramingHand {
  readonly draft;
  readonly attempt = new Attempt();
  /** The source as control tells it now; null where it is no more. */
  readonly source = computed(
    () => this.mixing.value.board?.sources.find(({ id }) => id === this.opened.id) ?? null,
  );
  readonly isOnAir = computed(() => this.mixing.value.mixer?.tally[this.opened.id] === "program");
  readonly isDirty = computed(() => !isSame(this.draft.value, framedOf(this.source.value ?? this.opened)));
  /** It is not what it was when this was opened, and can still be kept. */
  readonly isChanged = computed(
    () => this.source.value !== null && !isSame(this.draft.value, framedOf(this.opened)),
  );
  /** Another operator has framed it otherwise meanwhile. */
  readonly isOvertaken = computed(() => {
    const now = this.source.value;
    return now !== null && !this.attempt.busy.value && !isSame(framedOf(now), framedOf(this.opened));
  });

  constructor(
    readonly opened: SourceView,
    private readonly mixing: ReadonlySignal<Mixing>,
  ) {
    this.draft = signal(framedOf(opened));
  }

  change(change: Partial<Framed>): void {
    this.draft.value = { ...this.draft.peek(), ...change };
  }

  /** Show all of the picture again. */
  reset(): void {
    this.change(WHOLE);
  }

  /** Keep it, with all else of the source as it is now; false where control refuses it. */
  async save(): Promise<boolean> {
    if (!this.isDirty.peek()) return true;
    const done = await this.attempt.run(async () => {
      const source = this.source.peek() ?? this.opened;
      const tag = tagOf(this.mixing.peek(), "sources", source.id);
      await sourcesApi.save({ ...source, ...this.draft.peek() }, tag);
      return true;
    });
    return done ?? false;
  }
}
