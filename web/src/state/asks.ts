/** What guests' pages were asked for, and what became of it: told by events alone. */

import { signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { backstageApi } from "../client/backstage";
import type { CommandState, CommandView, DeskEvent, GuestCommand } from "../client/types";
import { backstageTexts } from "../texts.backstage";
import { reasonIn } from "./command-refusals";
import { wordsOf } from "./commands";
import { errorAt, type FieldErrors, fieldErrors, NO_ERRORS } from "./field-errors";
import { sentences } from "./format";

export type Kind = GuestCommand["kind"];

/** The last command of each kind, by guest. */
export type Asked = ReadonlyMap<string, ReadonlyMap<Kind, CommandView>>;

/** Whose commands are known; of those who have left, words may still come. */
const MOST_GUESTS = 200;
/** Sentences of which is known that they were read. */
const MOST_READ = 400;

const OVER: ReadonlySet<CommandState> = new Set(["done", "refused", "timeout"]);

export const isOver = ({ state }: CommandView): boolean => OVER.has(state);

/** How far a command has come: the answer to the request that sent it may be the last thing that is heard. */
const progressOf = (view: CommandView): number => (isOver(view) ? 2 : Number(view.state === "delivered"));

/** A newer command takes the place of an older one of its kind; none goes back to what it was before. */
export function withCommand(asked: Asked, view: CommandView): Asked {
  const { guest, command } = view;
  const known = asked.get(guest)?.get(command.kind);
  const isOld = known?.id === view.id ? progressOf(known) >= progressOf(view) : known && known.at > view.at;
  if (isOld) return asked;
  const rest = [...asked].filter(([other]) => other !== guest).slice(1 - MOST_GUESTS);
  return new Map([...rest, [guest, new Map(asked.get(guest)).set(command.kind, view)]]);
}

/** What was asked for, after an event. */
export function heardAsked(asked: Asked, event: DeskEvent): Asked {
  switch (event.type) {
    case "snapshot": {
      const here = new Set(event.data.guests.map(({ id }) => id));
      const known = new Map([...asked].filter(([guest]) => here.has(guest)));
      return event.data.commands.reduce(withCommand, known as Asked);
    }
    case "command":
      return withCommand(asked, event.data);
    case "guest_gone": {
      const rest = new Map(asked);
      rest.delete(event.data.id);
      return rest;
    }
    default:
      return asked;
  }
}

/** Guests of whose commands a snapshot says no more: they have ended while nothing was heard. */
export function missedOf(asked: Asked, listed: readonly CommandView[]): string[] {
  const pending = new Set(listed.map(({ id }) => id));
  return [...asked]
    .filter(([, kinds]) => [...kinds.values()].some((each) => !isOver(each) && !pending.has(each.id)))
    .map(([guest]) => guest);
}

/** What is said of a command in one sentence; null where there is nothing left to say, or it is seen elsewhere. */
export function saysOf({ command, state, reason }: CommandView): string | null {
  const say = backstageTexts;
  const what = say.kinds[command.kind];
  if (state === "refused") return say.refused(what, reasonIn(say.reasons, reason));
  if (state === "timeout") return say.timeout(what);
  if (state !== "done") return state === "sent" ? say.sent(what) : say.delivered[command.kind];
  if (command.kind === "quality") return say.changed.quality(command.quality);
  if (command.kind === "device") return say.changed.device(command.device, command.label ?? "");
  return null;
}

/** Whether a sentence stays until it is read: nothing else takes it away. */
export const isToRead = ({ command, state }: CommandView): boolean =>
  state === "refused" ||
  state === "timeout" ||
  (state === "done" && (command.kind === "quality" || command.kind === "device"));

/** Why a command was not sent: in a sentence, and by the fields that are to blame, `message.text`. */
interface Unsent {
  words: string;
  errors: FieldErrors;
}

export class Asks {
  readonly asked = signal<Asked>(new Map());
  /** What could not even be sent, by guest. */
  readonly failures = signal<ReadonlyMap<string, Unsent>>(new Map());
  /** Commands whose sentence was read, the last of them. */
  readonly read = signal<ReadonlySet<string>>(new Set());
  readonly sending = signal<ReadonlySet<string>>(new Set());

  hear(event: DeskEvent): void {
    this.asked.value = heardAsked(this.asked.peek(), event);
    if (event.type === "guest_gone") this.#fail(event.data.id, null);
    if (event.type !== "snapshot") return;
    const { guests, commands } = event.data;
    const here = new Set(guests.map(({ id }) => id));
    for (const guest of this.failures.peek().keys()) if (!here.has(guest)) this.#fail(guest, null);
    for (const guest of missedOf(this.asked.peek(), commands)) void this.#catchUp(guest);
  }

  last(guest: string, kind: Kind): CommandView | undefined {
    return this.asked.value.get(guest)?.get(kind);
  }

  /** Whether one of this kind is on its way to a guest, or waits for the page's word. */
  isPending(guest: string, kind: Kind): boolean {
    const last = this.last(guest, kind);
    return this.sending.value.has(`${guest}:${kind}`) || (last !== undefined && !isOver(last));
  }

  /** Why control refuses a field of the command that was not sent. */
  errorAt(guest: string, field: string): string | undefined {
    return errorAt(this.failures.value.get(guest)?.errors ?? NO_ERRORS, field);
  }

  async ask(guest: string, command: GuestCommand): Promise<void> {
    const key = `${guest}:${command.kind}`;
    if (this.sending.peek().has(key)) return;
    this.#fail(guest, null);
    this.sending.value = new Set(this.sending.peek()).add(key);
    try {
      const sent = await backstageApi.command(guest, command);
      // What was heard of it meanwhile is there by now.
      this.asked.value = withCommand(this.asked.peek(), sent);
    } catch (error) {
      const failed = error instanceof ApiError ? error : unexpected(error);
      const words = backstageTexts.notSent(backstageTexts.kinds[command.kind], sentences(...wordsOf(failed)));
      this.#fail(guest, { words, errors: fieldErrors(failed) });
    } finally {
      this.sending.value = new Set([...this.sending.peek()].filter((each) => each !== key));
    }
  }

  /** A sentence was read, and goes. */
  dismiss(guest: string, command: string | null): void {
    if (command === null) this.#fail(guest, null);
    else this.read.value = new Set([...this.read.peek()].slice(1 - MOST_READ)).add(command);
  }

  #fail(guest: string, unsent: Unsent | null): void {
    const failures = new Map(this.failures.peek());
    if (unsent === null) failures.delete(guest);
    else failures.set(guest, unsent);
    this.failures.value = failures;
  }

  async #catchUp(guest: string): Promise<void> {
    try {
      const { commands } = await backstageApi.commands(guest);
      this.asked.value = commands.reduce(withCommand, this.asked.peek());
    } catch (error) {
      // A guest who is gone has none; any other failure is met again with the next snapshot.
      if (!(error instanceof ApiError)) unexpected(error);
    }
  }
}
