/** Commands that come to a guest's page: each is done once, and answered with what became of it. */

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { unexpected } from "../client/api";
import { backstageApi } from "../client/guest-backstage";
import type { CommandAnswer, CommandView, GuestCommand } from "../client/types";
import { backstageTexts } from "../texts.guest-backstage";
import { phraseOf, refusal, saidOf } from "./command-refusals";
import { cameraOff, device, micOff, micOn, nameInUse, quality, type Refused } from "./device-commands";
import type { Media } from "./media";
import type { Inside } from "./page";
import { ServerClock } from "./server-clock";
import { ENDED_MS, NOTHING, type Shown, shownAfter } from "./shown";

/** Whose answers are remembered; control remembers half as many. */
const KEPT = 64;
/** How long control waits for a person who was asked to unmute. */
export const PERSON_MS = 60_000;

const say = backstageTexts;

export class GuestCommands {
  /** What the producer has put on the screen. */
  readonly shown = signal<Shown>(NOTHING);
  /** What was done to the guest's devices last, in one sentence, until it was read. */
  readonly told = signal<string | null>(null);
  /** The command by which the producer asks the guest to unmute. */
  readonly asked = signal<string | null>(null);
  /** By command: the answer that was given; null while it is being done. */
  readonly #answers = new Map<string, CommandAnswer | null>();
  readonly #clock = new ServerClock();
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly media: Media,
    private readonly inside: ReadonlySignal<Inside | null>,
    private readonly low: ReadonlySignal<boolean>,
  ) {
    // Who unmutes by the usual button has answered as well.
    effect(() => {
      const isHeard = !media.muted.value && media.microphone.value.track !== null;
      if (this.asked.value && isHeard) untracked(() => void this.unmute());
    });
    const until = computed(() => this.shown.value.countdown?.until ?? null);
    effect(() => (until.value === null ? undefined : this.#countDown(until.value)));
  }

  /** Do a command; one that was done already is only answered again, since control has missed it. */
  async take(view: CommandView): Promise<void> {
    this.#clock.hear(view.at);
    const { id, command } = view;
    const known = this.#answers.get(id);
    if (known) await this.#post(id, known);
    if (known !== undefined) return;
    this.#remember(id, null);
    const after = shownAfter(this.shown.peek(), view, this.#clock.here(view.at));
    if (after) {
      this.shown.value = after;
      await this.#finish(id, null);
    } else if (command.kind === "unmute_request") await this.#ask(id);
    else await this.#change(id, command);
  }

  /** The person says yes. */
  async unmute(): Promise<void> {
    const id = this.#answered();
    if (id) await this.#finish(id, await micOn(this.media));
  }

  /** The person says no. */
  async stayMuted(): Promise<void> {
    const id = this.#answered();
    if (id) await this.#finish(id, refusal("staysMuted"));
  }

  /** The person has read the message. */
  read(): void {
    const shown = this.shown.peek();
    if (shown.message) this.shown.value = { ...shown, message: { ...shown.message, read: Date.now() } };
  }

  /** The person has read what was done. */
  readTold(): void {
    this.told.value = null;
  }

  /** Another speed or size, or no prompter any more. */
  prompt(prompter: Shown["prompter"]): void {
    this.shown.value = { ...this.shown.peek(), prompter };
  }

  /** The guest is out. */
  clear(): void {
    this.#answered();
    this.shown.value = NOTHING;
    this.told.value = null;
  }

  /** A countdown whose end is no news any more is taken off the screen; returns what stops waiting for that. */
  #countDown(until: number): () => void {
    const timer = setTimeout(
      () => {
        this.shown.value = { ...this.shown.peek(), countdown: null };
      },
      until + ENDED_MS - Date.now(),
    );
    return () => clearTimeout(timer);
  }

  async #ask(id: string): Promise<void> {
    this.asked.value = id;
    this.told.value = null;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => void this.#answered(), PERSON_MS);
    if (this.asked.peek() === id) await this.#post(id, { state: "delivered", reason: "" });
  }

  #answered(): string | null {
    const id = this.asked.peek();
    clearTimeout(this.#patience);
    this.asked.value = null;
    return id;
  }

  async #change(id: string, command: GuestCommand): Promise<void> {
    // Devices take their time; that the command has come is said before.
    const delivered = this.#post(id, { state: "delivered", reason: "" });
    const refused = await this.#done(command);
    this.told.value = refused ? say.told.not(saidOf(refused, say.refusals)) : this.#sentence(command);
    await delivered;
    await this.#finish(id, refused);
  }

  async #done(command: GuestCommand): Promise<Refused> {
    try {
      if (command.kind === "mute") return micOff(this.media);
      if (command.kind === "camera_off") return await cameraOff(this.media);
      if (command.kind === "quality") return await quality(this.media, command.quality, this.low.peek());
      if (command.kind === "device") return await device(this.media, command);
    } catch (error) {
      unexpected(error);
    }
    return refusal("failed");
  }

  #sentence(command: GuestCommand): string | null {
    if (command.kind === "mute") return say.told.mute;
    if (command.kind === "camera_off") return say.told.camera_off;
    if (command.kind === "quality") return say.told.quality(command.quality);
    if (command.kind !== "device") return null;
    return say.told.device(command.device, nameInUse(this.media, command.device));
  }

  #remember(id: string, answer: CommandAnswer | null): void {
    this.#answers.set(id, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT && oldest) this.#answers.delete(oldest);
  }

  async #finish(id: string, refused: Refused): Promise<void> {
    const answer: CommandAnswer = refused
      ? { state: "refused", reason: phraseOf(refused) }
      : { state: "done", reason: "" };
    this.#remember(id, answer);
    await this.#post(id, answer);
  }

  async #post(id: string, answer: CommandAnswer): Promise<void> {
    const inside = this.inside.peek();
    if (!inside) return;
    // An answer that is lost is given again when control asks again.
    await backstageApi.answer(inside.token, inside.guest.id, id, answer).catch(() => undefined);
  }
}
