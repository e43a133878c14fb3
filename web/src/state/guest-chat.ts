/** The chat as a guest's page has it: what was said, what of it is new, and the guest's own words. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { ApiError } from "../client/api";
import { backstageApi } from "../client/guest-backstage";
import type { ChatList, ChatMessage } from "../client/types";
import { backstageTexts } from "../texts.guest-backstage";
import type { Inside } from "./page";
import { Said, unreadOf } from "./said";

/** Messages that the page holds; the oldest go. */
const KEPT = 300;

const say = backstageTexts.chat;

function inWords(failure: ApiError | null): string | null {
  if (!failure) return null;
  return failure.code === "chat_too_fast" ? say.tooFast : say.notSent;
}

export class GuestChat {
  readonly #said = new Said(KEPT, (after) => this.#ask(after));
  readonly messages = this.#said.messages;
  readonly open = signal(false);
  readonly sending = this.#said.busy;
  /** What is written, and not sent yet. */
  readonly draft = signal("");
  /** Why the guest's last words were not sent. */
  readonly fault = computed(() => inWords(this.#said.unsaid.value));
  /** The number of the newest message that was read; null until the page knows what was said before. */
  readonly read = signal<number | null>(null);
  readonly unread = computed(() => {
    const read = this.read.value ?? 0;
    return unreadOf(this.messages.value, this.inside.value?.guest.id ?? null, () => read);
  });

  constructor(private readonly inside: ReadonlySignal<Inside | null>) {
    effect(() => {
      const last = this.messages.value.at(-1);
      if (this.open.value && last) this.read.value = Math.max(this.read.peek() ?? 0, last.number);
    });
  }

  /** Something was said just now; what was said before it is no news. */
  hear(message: ChatMessage): void {
    this.read.value ??= message.number - 1;
    this.#said.hear(message);
  }

  /** Ask for what was said before the guest came in: once, and again where that failed. */
  begin(): Promise<void> {
    return this.#said.begin();
  }

  /** Ask for what was missed, where there is something. */
  catchUp(newest: number): Promise<void> {
    return this.#said.catchUp(newest);
  }

  /** Say something to the producer, or to everyone; false where it was not sent. */
  async say(text: string, everyone: boolean): Promise<boolean> {
    const inside = this.inside.peek();
    if (!inside) return false;
    const { token, guest } = inside;
    return this.#said.say(() => backstageApi.say(token, { text, guest: everyone ? null : guest.id }));
  }

  /** Say what is written; what was not sent, or was written meanwhile, stays. */
  async send(everyone: boolean): Promise<void> {
    const draft = this.draft.peek();
    const text = draft.trim();
    const isSent = text !== "" && (await this.say(text, everyone));
    if (isSent && this.draft.peek() === draft) this.draft.value = "";
  }

  /** The guest is out. */
  clear(): void {
    this.#said.clear();
    this.draft.value = "";
    this.open.value = false;
    this.read.value = null;
  }

  async #ask(after: number): Promise<ChatList | null> {
    const inside = this.inside.peek();
    if (!inside) return null;
    const found = await backstageApi.chat(inside.token, after);
    // In another visit it would be somebody else's.
    if (this.inside.peek()?.guest.id !== inside.guest.id) return null;
    this.read.value ??= found.newest;
    return found;
  }
}
