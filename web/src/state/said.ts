/** What was said, as far as one page knows it: each message once and in order, without gaps that stay. */

import { signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { Backoff } from "../client/backoff";
import type { ChatList, ChatMessage } from "../client/types";
import { isFinal } from "./refusals";

/** Messages in their order, each once; of more than `most` the oldest go. */
export function joined(
  known: readonly ChatMessage[],
  more: readonly ChatMessage[],
  most: number,
): readonly ChatMessage[] {
  const newest = known.at(-1)?.number ?? 0;
  if (more.every(({ number }) => number > newest)) return [...known, ...more].slice(-most);
  const all = new Map([...known, ...more].map((each) => [each.number, each]));
  return [...all.values()].sort((a, b) => a.number - b.number).slice(-most);
}

/**
 * How many of the others' messages are newer than what was read of their thread.
 *
 * @param own Who looks: a guest's id, or null for the operators.
 * @param readOf The number of the newest message that was read of everyone's thread (null), or of a guest's.
 */
export const unreadOf = (
  messages: readonly ChatMessage[],
  own: string | null,
  readOf: (guest: string | null) => number,
): number => messages.filter(({ number, sender, guest }) => sender !== own && number > readOf(guest)).length;

export class Said {
  readonly messages = signal<readonly ChatMessage[]>([]);
  /** Words are on their way. */
  readonly busy = signal(false);
  /** Why the last words did not get out. */
  readonly unsaid = signal<ApiError | null>(null);
  /** Why what was said earlier is not known. */
  readonly unknown = signal<ApiError | null>(null);
  /** Nothing is missing up to there; null before anything was heard of it. A newer message may lie beyond a gap. */
  #known: number | null = null;
  #asks = 0;
  /** Counts how often it was cleared: what is sent before is not of what comes after. */
  #cleared = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  readonly #pause = new Backoff();

  /**
   * @param most As many messages are held.
   * @param ask Asks what was said after the message of a number; null where nobody wants to know any more.
   */
  constructor(
    private readonly most: number,
    private readonly ask: (after: number) => Promise<ChatList | null>,
  ) {}

  /** Something was said just now. */
  hear(message: ChatMessage): void {
    if (this.#known !== null && message.number === this.#known + 1) this.#known = message.number;
    this.#add([message]);
  }

  /** Ask for all that was said before, unless that is known or asked already. */
  async begin(): Promise<void> {
    if (this.#known === null && this.#asks === 0) await this.#ask();
  }

  /** Ask for what is missing up to the newest message, of which the server has told the number. */
  async catchUp(newest: number): Promise<void> {
    if (newest > (this.#known ?? 0)) await this.#ask();
    else this.#known ??= 0;
  }

  /** Say something; false where it did not get out. */
  async say(send: () => Promise<ChatMessage>): Promise<boolean> {
    if (this.busy.peek()) return false;
    this.busy.value = true;
    this.unsaid.value = null;
    const cleared = this.#cleared;
    try {
      const message = await send();
      if (cleared === this.#cleared) this.hear(message);
      return true;
    } catch (error) {
      if (cleared === this.#cleared) this.unsaid.value = failureOf(error);
      return false;
    } finally {
      if (cleared === this.#cleared) this.busy.value = false;
    }
  }

  /** Nothing of it is for whoever comes next. */
  clear(): void {
    clearTimeout(this.#again);
    this.#pause.reset();
    this.#cleared += 1;
    this.#known = null;
    this.#asks = 0;
    this.busy.value = false;
    this.messages.value = [];
    this.unsaid.value = null;
    this.unknown.value = null;
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#again);
    this.#asks += 1;
    const cleared = this.#cleared;
    try {
      const found = await this.ask(this.#known ?? 0);
      if (found && cleared === this.#cleared) this.#learn(found);
    } catch (error) {
      if (cleared === this.#cleared) this.#failed(failureOf(error));
    } finally {
      if (cleared === this.#cleared) this.#asks -= 1;
    }
  }

  #learn({ messages, newest }: ChatList): void {
    this.#pause.reset();
    this.unknown.value = null;
    this.#known = Math.max(this.#known ?? 0, newest);
    this.#add(messages);
  }

  /** What may pass is asked again by itself, in growing pauses; else the next news asks. */
  #failed(failure: ApiError): void {
    this.unknown.value = failure;
    clearTimeout(this.#again);
    if (!isFinal(failure)) this.#again = setTimeout(() => void this.#ask(), this.#pause.next());
  }

  #add(messages: readonly ChatMessage[]): void {
    this.messages.value = joined(this.messages.peek(), messages, this.most);
  }
}

const failureOf = (error: unknown): ApiError => (error instanceof ApiError ? error : unexpected(error));
