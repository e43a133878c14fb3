/** The chat: what was said, and what of it nobody here has read. */

import { computed, signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { backstageApi } from "../client/backstage";
import type { ChatMessage, DeskEvent } from "../client/types";
import { wordsOf } from "./commands";
import { sentences } from "./format";

const KEY = "stagedoor.chat-read";
/** As many as are shown; the server keeps more. */
const MOST = 500;

/** Messages in their order, each once. */
export function joined(known: readonly ChatMessage[], more: readonly ChatMessage[]): readonly ChatMessage[] {
  const newest = known.at(-1)?.number ?? 0;
  if (more.every(({ number }) => number > newest)) return [...known, ...more].slice(-MOST);
  const all = new Map([...known, ...more].map((each) => [each.number, each]));
  return [...all.values()].sort((a, b) => a.number - b.number).slice(-MOST);
}

/** By thread (a guest's id, or an empty one for everyone's): the number of the newest message that was read. */
export type Read = ReadonlyMap<string, number>;

const threadKey = (guest: string | null): string => guest ?? "";

/** How many guests' words are newer than what was read of their thread; an operator's own are no news. */
export const unreadOf = (messages: readonly ChatMessage[], read: Read): number =>
  messages.filter(
    ({ number, sender, guest }) => sender !== null && number > (read.get(threadKey(guest)) ?? 0),
  ).length;

/** What belongs to a thread: everyone's (null), or one guest's. */
export const threadOf = (messages: readonly ChatMessage[], guest: string | null): ChatMessage[] =>
  messages.filter((each) => each.guest === guest);

export class Chat {
  readonly messages = signal<readonly ChatMessage[]>([]);
  /** Why the last words did not get out, or earlier ones could not be read. */
  readonly failure = signal("");
  readonly busy = signal(false);
  readonly #read = signal(stored());
  readonly unread = computed(() => unreadOf(this.messages.value, this.#read.value));

  hear(event: DeskEvent): void {
    if (event.type === "chat") this.messages.value = joined(this.messages.peek(), [event.data]);
    if (event.type !== "snapshot") return;
    const newest = this.messages.peek().at(-1)?.number ?? 0;
    if (event.data.chat > newest) void this.#catchUp(newest);
  }

  /** Whether a guest's thread, or everyone's, has words that nobody here has read. */
  unreadIn(guest: string | null): number {
    return unreadOf(threadOf(this.messages.value, guest), this.#read.value);
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
  async say(text: string, guest: string | null): Promise<boolean> {
    if (this.busy.peek()) return false;
    this.busy.value = true;
    try {
      this.messages.value = joined(this.messages.peek(), [await backstageApi.say(text, guest)]);
      this.failure.value = "";
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    } finally {
      this.busy.value = false;
    }
  }

  async #catchUp(after: number): Promise<void> {
    try {
      this.messages.value = joined(this.messages.peek(), (await backstageApi.chat(after)).messages);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.failure.value = sentences(...wordsOf(error instanceof ApiError ? error : unexpected(error)));
  }
}

function stored(): Read {
  try {
    return new Map(JSON.parse(localStorage.getItem(KEY) ?? "[]") as [string, number][]);
  } catch {
    return new Map();
  }
}
