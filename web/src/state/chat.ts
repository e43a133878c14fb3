/** The operator's chat: what was said, and what of it nobody here has read. */

import { computed, signal } from "@preact/signals";
import type { ApiError } from "../client/api";
import { backstageApi } from "../client/backstage";
import type { ChatMessage, DeskEvent } from "../client/types";
import { wordsOf } from "./commands";
import { sentences } from "./format";
import { Said, unreadOf } from "./said";

const KEY = "stagedoor.chat-read";
/** As many as are shown; the server keeps more. */
const MOST = 500;

/** By thread (a guest's id, or an empty one for everyone's): the number of the newest message that was read. */
type Read = ReadonlyMap<string, number>;

const threadKey = (guest: string | null): string => guest ?? "";

/** What belongs to a thread: everyone's (null), or one guest's. */
export const threadOf = (messages: readonly ChatMessage[], guest: string | null): ChatMessage[] =>
  messages.filter((each) => each.guest === guest);

const inWords = (failure: ApiError | null): string => (failure ? sentences(...wordsOf(failure)) : "");

export class Chat {
  readonly #said = new Said(MOST, (after) => backstageApi.chat(after));
  readonly messages = this.#said.messages;
  readonly busy = this.#said.busy;
  /** Why the last words did not get out, or earlier ones could not be read. */
  readonly failure = computed(() => inWords(this.#said.unsaid.value ?? this.#said.unknown.value));
  readonly #read = signal(stored());
  readonly unread = computed(() => this.#unreadOf(this.messages.value));

  hear(event: DeskEvent): void {
    if (event.type === "chat") this.#said.hear(event.data);
    if (event.type === "snapshot") void this.#said.catchUp(event.data.chat);
  }

  /** Whether a guest's thread, or everyone's, has words that nobody here has read. */
  unreadIn(guest: string | null): number {
    return this.#unreadOf(threadOf(this.messages.value, guest));
  }

  /** A thread was seen to its end. */
  markRead(guest: string | null): void {
    const key = threadKey(guest);
    const newest = threadOf(this.messages.peek(), guest).at(-1)?.number ?? 0;
    const read = this.#read.peek();
    if (newest <= (read.get(key) ?? 0)) return;
    const threads = new Set(this.messages.peek().map((each) => threadKey(each.guest)));
    const kept = [...read].filter(([thread]) => threads.has(thread));
    this.#read.value = new Map([...kept, [key, newest]]);
    try {
      localStorage.setItem(KEY, JSON.stringify([...this.#read.peek()]));
    } catch {
      // Then it is counted again after a reload.
    }
  }

  /** Say something; false where it did not get out. */
  say(text: string, guest: string | null): Promise<boolean> {
    return this.#said.say(() => backstageApi.say(text, guest));
  }

  /** Guests' words; an operator's own are no news. */
  #unreadOf(messages: readonly ChatMessage[]): number {
    const read = this.#read.value;
    return unreadOf(messages, null, (guest) => read.get(threadKey(guest)) ?? 0);
  }
}

function stored(): Read {
  try {
    return new Map(JSON.parse(localStorage.getItem(KEY) ?? "[]") as [string, number][]);
  } catch {
    return new Map();
  }
}
