/** One scene under an operator's hand: nothing of it is on air before it is saved. */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { ApiError } from "../client/api";
import { scenesApi, type TaggedScene } from "../client/scenes";
import type { SceneView } from "../client/types";
import { Attempt } from "./attempt";
import { errorAt } from "./field-errors";
import { type Mixing, tagOf, tallyOf } from "./mixing";
import { CANVASES, isSame, SLOTS_FIELD, slotsOn } from "./scene-draft";
import { SceneHand } from "./scene-hand";

/** What is asked before something is done that others see, or that loses work. */
export type Question = "on_air" | "changed" | "gone" | "remove" | "close";

/** What the operator has said yes to. */
export interface Sure {
  onAir?: boolean;
  overwrite?: boolean;
}

const isAlike = (a: SceneView | null, b: SceneView | null): boolean =>
  a === null || b === null ? a === b : isSame(a, b);

export class SceneEditor extends SceneHand {
  readonly question = signal<Question | null>(null);
  readonly attempt = new Attempt();
  /** The scene as others know it now; null where it was deleted. */
  readonly theirs = computed(
    () => this.mixing.value.board?.scenes.find(({ id }) => id === this.#base.value.id) ?? null,
  );
  readonly isDirty = computed(() => !isSame(this.draft.value, this.#base.value));
  readonly #isOther = computed(
    () => ![this.#base.value, ...this.#past.value].some((known) => isAlike(known, this.theirs.value)),
  );
  /** Another operator has changed or deleted it since it was opened. */
  readonly isOvertaken = computed(() => !this.attempt.busy.value && this.#isOther.value);
  /** Another operator has deleted it: saving makes it anew. */
  readonly isGone = computed(() => this.isOvertaken.value && this.theirs.value === null);
  readonly canSave = computed(() => !this.attempt.busy.value && (this.isDirty.value || this.isGone.value));
  readonly isOnAir = computed(() => tallyOf(this.mixing.value, this.#base.value.id) === "program");
  readonly #base;
  /** What may be told of it until what was made or saved here is told; null stands for nothing yet. */
  readonly #past = signal<readonly (SceneView | null)[]>([]);
  #sure: Sure = {};
  /** What stands for the scene that the draft was begun from. */
  #tag: string | null;
  /** What stands for theirs, as it was when it was asked whose is to stay. */
  #asked: string | null = null;
  /** What control has answered of theirs before it was told, and what was told until then. */
  #ahead: { found: TaggedScene; told: SceneView | null } | null = null;

  constructor(
    { scene, tag }: TaggedScene,
    private readonly mixing: ReadonlySignal<Mixing>,
  ) {
    super(scene);
    this.#tag = tag;
    this.#base = signal(scene);
    // Who has just made it is told of it later.
    if (this.theirs.peek() === null) this.#past.value = [null];
  }

  get id(): string {
    return this.#base.peek().id;
  }

  /** The scene as it is without the own changes. */
  get base(): SceneView {
    return this.#base.peek();
  }

  /** Ask something, or nothing any more. */
  ask(question: Question | null): void {
    this.question.value = question;
  }

  override undo(): void {
    if (!this.#isSettling) super.undo();
  }

  override redo(): void {
    if (!this.#isSettling) super.redo();
  }

  /** Take note of what is told of it now; who has changed nothing goes along with others. */
  follow(): void {
    if (isAlike(this.theirs.value, this.#base.value)) {
      this.#tag = this.#told()?.tag ?? null;
      if (this.#past.peek().length > 0) this.#past.value = [];
    }
    if (this.isOvertaken.value && !this.isDirty.value) this.takeTheirs();
  }

  /** Give the own changes up for what others have made of it. */
  takeTheirs(): void {
    const told = this.theirs.peek();
    const ahead = this.#ahead && isAlike(this.#ahead.told, told) ? this.#ahead.found : null;
    const theirs = ahead ?? this.#told();
    if (theirs) this.#begin(theirs, ahead ? [...this.#past.peek(), told] : [], this.draft.peek());
    // A step back from here would undo what others have made.
    this.history.clear();
    this.question.value = null;
  }

  /**
   * Keep it, unless something has to be asked first.
   *
   * @param sure What was answered to the question just now; those before it stay answered.
   * @returns Whether it was kept.
   */
  async save(sure: Sure = {}): Promise<boolean> {
    this.#sure = this.question.peek() === null ? sure : { ...this.#sure, ...sure };
    return this.#working(async () => {
      this.question.value = this.#toAsk();
      return this.question.value === null && (await this.#keep());
    });
  }

  /** Delete it; control refuses that while it is on program or preview. */
  async remove(): Promise<boolean> {
    this.question.value = null;
    return this.#working(async () => {
      await scenesApi.remove(this.id, this.#tag);
      return true;
    });
  }

  /** Make another scene of what is shown here; null where control refuses it. */
  async duplicate(label: string): Promise<TaggedScene | null> {
    let made: TaggedScene | null = null;
    await this.#working(async () => {
      const { id: _, ...shown } = this.draft.peek();
      made = await scenesApi.make({ ...shown, label });
      return true;
    });
    return made;
  }

  /** Go on from a scene; of the draft only `known` gives way to it, everything that differs from that stays. */
  #begin({ scene, tag }: TaggedScene, past: readonly (SceneView | null)[], known: SceneView): void {
    this.#tag = tag;
    this.#ahead = null;
    batch(() => {
      this.#base.value = scene;
      if (isSame(this.draft.peek(), known)) this.draft.value = scene;
      this.#past.value = past;
    });
    const at = this.selected.peek();
    if (at === null || at >= (this.slots.peek()?.length ?? 0)) this.select(0);
  }

  /** It is being asked or saved what the scene is now. */
  get #isSettling(): boolean {
    return this.question.peek() !== null || this.attempt.busy.peek();
  }

  /** The scene as it was told last; null where it was deleted. */
  #told(): TaggedScene | null {
    const scene = this.theirs.peek();
    return scene && { scene, tag: tagOf(this.mixing.peek(), "scenes", scene.id) };
  }

  #toAsk(): Question | null {
    if (this.#isOther.peek() && !this.#sure.overwrite) return this.#overtakenBy(this.#told());
    return this.isOnAir.peek() && !this.#sure.onAir ? "on_air" : null;
  }

  /** Ask whose is to stay; who then says "mine" puts it in place of these changes, and of no others. */
  #overtakenBy(theirs: TaggedScene | null): Question {
    const { overwrite: _, ...rest } = this.#sure;
    this.#sure = rest;
    this.#asked = theirs?.tag ?? null;
    return theirs ? "changed" : "gone";
  }

  /** Save it; where control knows better than this page has heard, ask. */
  async #keep(): Promise<boolean> {
    const sent = this.draft.peek();
    try {
      const kept = await scenesApi.save(sent, this.#sure.overwrite ? this.#asked : this.#tag);
      this.#begin(kept, [...this.#past.peek(), this.#base.peek(), this.theirs.peek()], sent);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "overtaken") throw error;
    }
    const found = await this.#find();
    this.#ahead = found && { found, told: this.theirs.peek() };
    this.question.value = this.#overtakenBy(found);
    return false;
  }

  async #find(): Promise<TaggedScene | null> {
    try {
      return await scenesApi.get(this.id);
    } catch (error) {
      if (error instanceof ApiError && error.code === "scene_unknown") return null;
      throw error;
    }
  }

  async #working(work: () => Promise<boolean>): Promise<boolean> {
    const done = await this.attempt.run(work);
    if (this.attempt.refusal.peek()) this.#selectRefused();
    return done ?? false;
  }

  /** Show the fields of the slot that was refused. */
  #selectRefused(): void {
    const errors = this.attempt.errors.peek();
    for (const canvas of CANVASES) {
      const slots = slotsOn(this.draft.peek(), canvas) ?? [];
      const at = slots.findIndex((_, index) => errorAt(errors, `${SLOTS_FIELD[canvas]}.${index}`));
      if (at < 0) continue;
      this.turnTo(canvas);
      this.selected.value = at;
      return;
    }
  }
}
