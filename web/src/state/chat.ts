/** The operator's chat: what was said, and what of it nobody here has read. */

import { computed, signal } from "@preact/signals";
import type { ApiError } from "../client/api";
import { backstageApi } from "../client/backstage";
import { lasting } from "../client/keeping";
import type { ChatMessage, DeskEvent } from "../client/types";
import { wordsOf } from "./commands";
import { Drafts, put } from "./drafts";
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
  readonly #drafts = new Drafts();
  /** Why the last words to a thread did not get out. */
  readonly #unsaid = signal<ReadonlyMap<string, ApiError>>(new Map());
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
    lasting.setItem(KEY, JSON.stringify([...this.#read.peek()]));
  }

  /** What is written to a thread, and not sent yet. */
  draftOf(guest: string | null): string {
    return this.#drafts.of(threadKey(guest));
  }

  /** Whether something was written, to whomever, and not sent yet. */
  get hasDraft(): boolean {
    return !this.#drafts.isEmpty;
  }

  write(guest: string | null, text: string): void {
    this.#drafts.write(threadKey(guest), text);
  }

  /** Why the last words to a thread did not get out, or earlier ones could not be read. */
  failureOf(guest: string | null): string {
    return inWords(this.#unsaid.value.get(threadKey(guest)) ?? this.#said.unknown.value);
  }

  /** Say what is written to a thread; what did not get out, or was written meanwhile, stays. */
  async send(guest: string | null): Promise<void> {
    const thread = threadKey(guest);
    const draft = this.#drafts.of(thread);
    const text = draft.trim();
    if (!text || this.busy.peek()) return;
    this.#fail(thread, null);
    if (await this.#said.say(() => backstageApi.say(text, guest))) this.#drafts.sent(thread, draft);
    else this.#fail(thread, this.#said.unsaid.peek());
  }

  #fail(thread: string, failure: ApiError | null): void {
    this.#unsaid.value = put(this.#unsaid.peek(), thread, failure);
  }

  /** Guests' words; an operator's own are no news. */
  #unreadOf(messages: readonly ChatMessage[]): number {
    const read = this.#read.value;
    return unreadOf(messages, null, (guest) => read.get(threadKey(guest)) ?? 0);
  }
}

function stored(): Read {
  try {
    return new Map(JSON.parse(lasting.getItem(KEY) ?? "[]") as [string, number][]);
  } catch {
    return new Map();
  }
}
