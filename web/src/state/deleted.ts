/** What was deleted just now, and how it comes back. */

import { signal } from "@preact/signals";
import { deskTexts } from "../texts.desk";
import type { Commands } from "./commands";

/** For so long it can be brought back, from when nobody points at its button any more. */
export const KEPT_MS = 10_000;
const MOST = 3;

interface Kept {
  id: number;
  name: string;
  bringBack: () => Promise<unknown>;
}

export class Deleted {
  /** The newest last. */
  readonly kept = signal<readonly Kept[]>([]);
  /** What came back last, as a sentence. */
  readonly said = signal("");
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #count = 0;

  constructor(private readonly commands: Commands) {}

  /** Something was deleted, which control has no more. */
  put(name: string, bringBack: () => Promise<unknown>): void {
    this.#count += 1;
    this.said.value = "";
    const all = [...this.kept.peek(), { id: this.#count, name, bringBack }];
    for (const { id } of all.slice(0, -MOST)) this.drop(id);
    this.kept.value = all.slice(-MOST);
    this.leave(this.#count);
  }

  /** Somebody is about to press its button: its time stands still. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** Nobody is any more: its time begins anew. */
  leave(id: number): void {
    this.hold(id);
    if (this.isPending(id) || !this.kept.peek().some((each) => each.id === id)) return;
    const timer = setTimeout(() => this.drop(id), KEPT_MS);
    this.#timers.set(id, timer);
  }

  drop(id: number): void {
    this.hold(id);
    this.kept.value = this.kept.peek().filter((each) => each.id !== id);
  }

  /** Bring it back; where that fails it can be tried again. */
  async undo(id: number): Promise<void> {
    const found = this.kept.peek().find((each) => each.id === id);
    if (!found) return;
    this.hold(id);
    const done = await this.commands.run(this.#key(id), deskTexts.undoFailed(found.name), async () => {
      await found.bringBack();
      return true;
    });
    if (!done) return this.leave(id);
    this.drop(id);
    this.said.value = deskTexts.isBack(found.name);
  }

  /** Bring back what was deleted last. */
  async undoLast(): Promise<void> {
    const last = this.kept.peek().at(-1);
    if (last) await this.undo(last.id);
  }

  isPending(id: number): boolean {
    return this.commands.pending.value.has(this.#key(id));
  }

  #key(id: number): string {
    return `deleted:${id}`;
  }
}
