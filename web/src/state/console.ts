/** The operator's hand on the mixer: each command is pending until the mixer confirms it. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { mixerApi } from "../client/mixer";
import { Newest } from "../client/newest";
import type { Applied, SourceView, TransitionChange } from "../client/types";
import { mixerTexts } from "../texts.mixer";
import type { Commands } from "./commands";
import { Deleted } from "./deleted";
import { labelOf, type Mixing } from "./mixing";
import { MuteAll } from "./mute-all";

const say = mixerTexts.failed;
/** How long what takes preview waits for what was just put there. */
const PREVIEW_WITHIN_MS = 1000;

/** A sheet about one source, over the page. */
export interface SourceSheet {
  of: "framing" | "key" | "change";
  /** As it was when this was opened. */
  source: SourceView;
  /** What people call it. */
  name: string;
}

/** The scene that was pressed last, what was on preview before that, and what the mixer answered. */
const NOT_PRESSED = { scene: "", before: "", answer: Promise.resolve<Applied | null>(null) };

export class Console {
  /** Whether there is a mixer that can be told something. */
  readonly ready = computed(() => this.mixing.value.mixer !== null);
  /** Whether program fades to black or is there, by the newest word of the mixer's: an answer, or what is told. */
  readonly toBlack = computed(() => {
    const { mixer } = this.mixing.value;
    const answer = this.#faded.value;
    const isNewer = mixer && answer && answer.asked <= mixer.frame && mixer.frame < answer.frame;
    return isNewer ? answer.black : (mixer?.to_black ?? false);
  });
  readonly #faded = signal<{ asked: number; frame: number; black: boolean } | null>(null);
  /** Where the fade goes that was asked for last; null once that is answered. */
  #wished: boolean | null = null;
  readonly #fade = new Newest<boolean>((black) => this.#fadeTo(black));
  readonly #bar = new Newest<number>((position) => this.#moveTo(position));
  readonly muteAll;
  /** What was deleted just now of scenes, sources and overlays. */
  readonly deleted;
  /** The one that is open: it stays when the button that has opened it goes. */
  readonly sheet = signal<SourceSheet | null>(null);
  #pressed = NOT_PRESSED;
  /** What is being put on preview. */
  #coming: Promise<Applied | null> | null = null;
  /** Of what changes program. */
  #orders = 0;
  /** The mixer's T-bar is at 1, or may be. */
  #barRests = false;

  constructor(
    readonly mixing: ReadonlySignal<Mixing>,
    readonly commands: Commands,
  ) {
    this.muteAll = new MuteAll(mixing, commands);
    this.deleted = new Deleted(commands);
  }

  isPending(key: string): boolean {
    return this.commands.pending.value.has(key);
  }

  async preview(scene: string): Promise<void> {
    const before = this.mixing.peek().mixer?.preview ?? "";
    const answer = this.#show(scene);
    this.#pressed = { scene, before, answer };
    await answer;
  }

  /** Cut; where that scene was pressed just before, preview becomes again what it was. */
  async cut(scene: string): Promise<void> {
    this.#orders += 1;
    const { before, answer } = this.#pressed;
    const wasPressed = this.#pressed.scene === scene && before !== "" && before !== scene;
    this.#pressed = NOT_PRESSED;
    const done = await this.commands.run(`scene:${scene}:cut`, say.cut(this.#label(scene)), () =>
      mixerApi.cut(scene),
    );
    if (!done || !wasPressed) return;
    // The cut does not wait for what was pressed, which may be done after it.
    const pressed = await answer;
    const last = pressed && pressed.frame >= done.frame ? pressed : done;
    const isNewest = this.#pressed === NOT_PRESSED;
    if (isNewest && last.preview === scene) await this.#show(before);
  }

  async take(): Promise<void> {
    await this.#ofPreview("take", say.take, mixerApi.take);
  }

  async auto(): Promise<void> {
    const done = await this.#ofPreview("auto", say.auto, mixerApi.auto);
    if (done?.trouble) this.commands.tell(say.auto, mixerTexts.stingerCut(done.trouble));
  }

  /** Fade to black, or back where that is where it goes; pressed again at once, it turns round. */
  fade(): void {
    const black = !(this.#wished ?? this.toBlack.peek());
    this.#wished = black;
    this.#fade.put(black);
  }

  /** Whether program's sound goes with its picture when it fades to black. */
  async setBlackSilent(isSilent: boolean): Promise<void> {
    await this.commands.run("black", say.black, () => mixerApi.black(isSilent));
  }

  /** Mute all guests' faders, or give them back what they had. */
  mute(): Promise<void> {
    return this.muteAll.toggle();
  }

  /** Change what Auto does; what is not named stays. */
  async setTransition(change: TransitionChange): Promise<void> {
    await this.commands.run("transition", say.transition, () => mixerApi.transition(change));
  }

  /** Move the T-bar: 0 program, 1 preview. */
  tbar(position: number): void {
    this.#bar.put(position);
  }

  async #fadeTo(black: boolean): Promise<void> {
    const asked = this.mixing.peek().mixer?.frame ?? 0;
    const done = await this.commands.run("fade", say.fade, () => mixerApi.fade(black));
    if (done) this.#faded.value = { asked, frame: done.frame, black: done.to_black };
    if (this.#wished === black) this.#wished = null;
  }

  /** Once preview is on air the mixer's bar rests until it was back at the other end, where ours begins anew. */
  async #moveTo(position: number): Promise<void> {
    if (this.#barRests) await this.#release();
    if (!(await this.#isShown())) return;
    const done = await this.#move(position);
    if (position < 1) return;
    this.#barRests = true;
    if (done) await this.#release();
  }

  async #release(): Promise<void> {
    if (await this.#move(0)) this.#barRests = false;
  }

  #move(position: number): Promise<Applied | null> {
    return this.commands.run("tbar", say.tbar, () => mixerApi.tbar(position));
  }

  /** Do what puts preview on air, once preview is what was pressed last; another order calls it off. */
  #ofPreview(key: string, title: string, send: () => Promise<Applied>): Promise<Applied | null> {
    this.#orders += 1;
    const order = this.#orders;
    return this.commands.run(key, title, async () => {
      const isShown = await this.#isShown();
      if (isShown) return order === this.#orders ? send() : null;
      if (isShown === null) this.commands.tell(title, mixerTexts.previewComes);
      return null;
    });
  }

  /** Whether preview is what was pressed last; null where that takes longer than anybody expects. */
  async #isShown(): Promise<boolean | null> {
    if (this.#coming === null) return true;
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PREVIEW_WITHIN_MS));
    return Promise.race([this.#coming.then((applied) => applied !== null), late]);
  }

  async #show(scene: string): Promise<Applied | null> {
    const key = `scene:${scene}`;
    if (this.isPending(key)) return null;
    const answer = this.commands.run(key, say.preview(this.#label(scene)), () => mixerApi.preview(scene));
    this.#coming = answer;
    const applied = await answer;
    if (this.#coming === answer) this.#coming = null;
    return applied;
  }

  #label(id: string): string {
    const scene = this.mixing.peek().board?.scenes.find((each) => each.id === id);
    return scene ? labelOf(scene) : id;
  }
}
