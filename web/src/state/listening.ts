/** What the operator listens to: program, or sources before their faders; nothing on air changes by it. */

import { signal } from "@preact/signals";
import { mixerApi } from "../client/mixer";
import { PAGE_NAME } from "./page-name";
import { Viewer } from "./viewer";

/** In place of a source. */
export const PROGRAM = "program";

export class Listening {
  /** `program`, or a source; null while nothing is listened to. */
  readonly to = signal<string | null>(null);
  readonly viewer = signal<Viewer | null>(null);

  /** Listen to this alone, or stop where it is listened to already. */
  toggle(what: string): void {
    this.to.value = this.to.value === what ? null : what;
    this.viewer.value?.stop();
    this.viewer.value = this.to.value === null ? null : this.#open(this.to.value);
  }

  #open(what: string): Viewer {
    const listen = what === PROGRAM ? [] : [what];
    // Asked before each opening: control forgets monitors when it begins anew.
    const viewer = new Viewer({ path: `monitor-${PAGE_NAME}`, picture: false }, (signal) =>
      mixerApi.monitor(PAGE_NAME, listen, signal),
    );
    viewer.start();
    return viewer;
  }
}
