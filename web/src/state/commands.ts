/** The operator's commands: pending until control answers, and errors that stay until they are read. */

import { signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { deskTexts } from "../texts.desk";
import { refusalWords } from "./server-words";

export interface CommandError {
  id: number;
  title: string;
  message: string;
  hint: string;
}

/** What went wrong, and what to do about it. */
export function wordsOf(error: ApiError): readonly [string, string] {
  const say = deskTexts.failures;
  if (error.foreign) return say.intercepted;
  return isOwn(error.code) ? say[error.code] : refusalWords(error);
}

/** What the page has words of its own for: control's are for those who write requests. */
const isOwn = (code: string): code is "unreachable" | "page_failed" | "overtaken" =>
  code === "unreachable" || code === "page_failed" || code === "overtaken";

export class Commands {
  /** The things (a guest's id, `invite`) with a command under way. */
  readonly pending = signal<ReadonlySet<string>>(new Set());
  readonly errors = signal<readonly CommandError[]>([]);
  #count = 0;

  /** Do one thing at a time with `key`; null when it failed or was already under way. */
  async run<T>(key: string, title: string, work: () => Promise<T>): Promise<T | null> {
    if (this.pending.value.has(key)) return null;
    this.pending.value = new Set(this.pending.value).add(key);
    try {
      return await work();
    } catch (error) {
      this.#failed(title, error instanceof ApiError ? error : unexpected(error));
      return null;
    } finally {
      const rest = new Set(this.pending.value);
      rest.delete(key);
      this.pending.value = rest;
    }
  }

  dismiss(id: number): void {
    this.errors.value = this.errors.value.filter((error) => error.id !== id);
  }

  /** Say of something that was done how it differs from what was asked for. */
  tell(title: string, message: string): void {
    this.#add(title, message, "");
  }

  #failed(title: string, error: ApiError): void {
    this.#add(title, ...wordsOf(error));
  }

  #add(title: string, message: string, hint: string): void {
    const isNew = (known: CommandError): boolean => known.title !== title || known.message !== message;
    this.#count += 1;
    this.errors.value = [...this.errors.value.filter(isNew), { id: this.#count, title, message, hint }];
  }
}
