/** Whether this page is the one that the server serves: after an upgrade, one that stays open is old. */

import { signal } from "@preact/signals";
import { type Keeping, ofTab } from "../client/keeping";

const KEY = "stagedoor.reloaded-for";

/** The build that the server has written into this page; empty where it comes from elsewhere. */
const ownBuild = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="stagedoor-build"]')?.content ?? "";

export class Build {
  readonly isOld = signal(false);
  #served = "";

  constructor(
    private readonly own = ownBuild(),
    readonly reload: () => void = () => location.reload(),
    private readonly kept: Pick<Keeping, "getItem" | "setItem"> = ofTab,
  ) {}

  /** The server has said which build it serves; empty where it has none. */
  hear(served: string): void {
    this.#served = served;
    this.isOld.value = this.own !== "" && served !== "" && served !== this.own;
  }

  /** Reload without being asked: once for each build, as something on the way may keep an old page. */
  reloadOnce(): void {
    if (!this.isOld.peek() || this.kept.getItem(KEY) === this.#served) return;
    if (this.kept.setItem(KEY, this.#served)) this.reload();
  }
}
