/** The operator's hand on the mixer: each command is pending until the mixer confirms it. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { mixerApi } from "../client/mixer";
import { Newest } from "../client/newest";
import type { SourceView, TransitionChange } from "../client/types";
import { mixerTexts } from "../texts.mixer";
import type { Commands } from "./commands";
import { Deleted } from "./deleted";
import { labelOf, type Mixing } from "./mixing";
import { MuteAll } from "./mute-all";

const say = mixerTexts.failed;

/** A sheet about one source, over the page. */
export interface SourceSheet {
  of: "framing" | "key";
  /** As it was when this was opened. */
  source: SourceView;
  /** What people call it. */
  name: string;
}

export class Console {
  /** Whether there is a mixer that can be told something. */
  readonly ready = computed(() => this.mixing.value.mixer !== null);
  readonly #bar = new Newest<number>((position) =>
    this.commands.run("tbar", say.tbar, () => mixerApi.tbar(position)),
  );
  readonly muteAll;
  /** What was deleted just now of scenes, sources and overlays. */
  readonly deleted;
  /** The one that is open: it stays when the button that has opened it goes. */
  readonly sheet = signal<SourceSheet | null>(null);
  /** The scene that was pressed last, and what was on preview before that. */
  #pressed = { scene: "", before: "" };

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
    this.#pressed = { scene, before };
    await this.#show(scene);
  }

  /** Cut; where that scene was pressed just before, preview becomes again what it was. */
  async cut(scene: string): Promise<void> {
    const { before } = this.#pressed;
    const wasPressed = this.#pressed.scene === scene && before !== "" && before !== scene;
    this.#pressed = { scene: "", before: "" };
    const done = await this.commands.run(`scene:${scene}:cut`, say.cut(this.#label(scene)), () =>
      mixerApi.cut(scene),
    );
    if (done && wasPressed && done.preview === scene) await this.#show(before);
  }

  async take(): Promise<void> {
    await this.commands.run("take", say.take, mixerApi.take);
  }

  async auto(): Promise<void> {
    const done = await this.commands.run("auto", say.auto, mixerApi.auto);
    if (done?.trouble) this.commands.tell(say.auto, mixerTexts.stingerCut(done.trouble));
  }

  /** Fade to black, or back where program is more black than not. */
  async fade(): Promise<void> {
    const black = (this.mixing.peek().mixer?.black ?? 0) < 0.5;
    await this.commands.run("fade", say.fade, () => mixerApi.fade(black));
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

  #show(scene: string): Promise<unknown> {
    return this.commands.run(`scene:${scene}`, say.preview(this.#label(scene)), () =>
      mixerApi.preview(scene),
    );
  }

  #label(id: string): string {
    const scene = this.mixing.peek().board?.scenes.find((each) => each.id === id);
    return scene ? labelOf(scene) : id;
  }
}
