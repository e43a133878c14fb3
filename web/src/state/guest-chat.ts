/** The chat as a guest's page has it: what was said, what of it is new, and the guest's own words. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { backstageApi } from "../client/guest-backstage";
import type { ChatMessage } from "../client/types";
import { backstageTexts } from "../texts.guest-backstage";
import type { Inside } from "./page";

/** Messages that the page holds; the oldest go. */
const KEPT = 300;

const say = backstageTexts.chat;

/** Messages with more of them, each once, in their order. */
export function merged(messages: readonly ChatMessage[], more: readonly ChatMessage[]): ChatMessage[] {
  const all = new Map([...messages, ...more].map((message) => [message.number, message]));
  return [...all.values()].sort((a, b) => a.number - b.number).slice(-KEPT);
}

/** How many of the others' messages were said after the one that was read last. */
export const unreadOf = (messages: readonly ChatMessage[], read: number, own: string | null): number =>
  messages.filter(({ number, sender }) => number > read && sender !== own).length;

export class GuestChat {
  readonly messages = signal<readonly ChatMessage[]>([]);
  readonly open = signal(false);
  readonly sending = signal(false);
  /** Why the guest's last words were not sent. */
  readonly fault = signal<string | null>(null);
  /** The number of the newest message that was read; null until the page knows what was said before. */
  readonly read = signal<number | null>(null);
  readonly unread = computed(() =>
    unreadOf(this.messages.value, this.read.value ?? 0, this.inside.value?.guest.id ?? null),
  );
  /** What is known up to there; null before the first answer. */
  #newest: number | null = null;
  #asking = false;

  constructor(private readonly inside: ReadonlySignal<Inside | null>) {
    effect(() => {
      const last = this.messages.value.at(-1);
      if (this.open.value && last) this.read.value = Math.max(this.read.peek() ?? 0, last.number);
    });
  }

  /** Something was said just now; what was said before it is no news. */
  hear(message: ChatMessage): void {
    this.read.value ??= message.number - 1;
    this.#add([message]);
  }

  /** Ask for what was said before the guest came in: once, and again where that failed. */
  async begin(): Promise<void> {
    if (this.#newest === null && !this.#asking) await this.#ask();
  }

  /** Ask for what was missed, where there is something. */
  async catchUp(newest: number): Promise<void> {
    if (this.#newest === null || newest > this.#newest) await this.#ask();
  }

  async #ask(): Promise<void> {
    const inside = this.inside.peek();
    if (!inside) return;
    this.#asking = true;
    try {
      const found = await backstageApi.chat(inside.token, this.#newest ?? 0);
      if (!this.inside.peek()) return;
      this.read.value ??= found.newest;
      this.#newest = Math.max(this.#newest ?? 0, found.newest);
      this.#add(found.messages);
    } catch (error) {
      // The next news of the guest asks again.
      if (!(error instanceof ApiError)) unexpected(error);
    } finally {
      this.#asking = false;
    }
  }

  #add(messages: readonly ChatMessage[]): void {
    this.messages.value = merged(this.messages.peek(), messages);
  }

  /** Say something to the producer, or to everyone; false where it was not sent. */
  async say(text: string, everyone: boolean): Promise<boolean> {
    const inside = this.inside.peek();
    if (!inside || this.sending.peek()) return false;
    this.sending.value = true;
    this.fault.value = null;
    try {
      const { token, guest } = inside;
      this.#add([await backstageApi.say(token, { text, guest: everyone ? null : guest.id })]);
      return true;
    } catch (error) {
      const failure = error instanceof ApiError ? error : unexpected(error);
      this.fault.value = failure.code === "chat_too_fast" ? say.tooFast : say.notSent;
      return false;
    } finally {
      this.sending.value = false;
    }
  }

  /** The guest is out. */
  clear(): void {
    this.messages.value = [];
    this.open.value = false;
    this.fault.value = null;
    this.read.value = null;
    this.#newest = null;
  }
}
