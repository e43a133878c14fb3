/** What the operator listens to: program, or sources before their faders; nothing on air changes by it. */

import { signal } from "@preact/signals";
import { mixerApi } from "../client/mixer";
import { Viewer } from "./viewer";

/** Each page has a monitor of its own, so that several operators do not change what the others hear. */
const monitorName = (): string => `desk-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36)}`;

/** In place of a source. */
export const PROGRAM = "program";

export class Listening {
  /** `program`, or a source; null while nothing is listened to. */
  readonly to = signal<string | null>(null);
  readonly viewer = signal<Viewer | null>(null);
  readonly #name = monitorName();

  /** Listen to this alone, or stop where it is listened to already. */
  toggle(what: string): void {
    this.to.value = this.to.value === what ? null : what;
    this.viewer.value?.stop();
    this.viewer.value = this.to.value === null ? null : this.#open(this.to.value);
  }

  #open(what: string): Viewer {
    const listen = what === PROGRAM ? [] : [what];
    // Asked before each opening: control forgets monitors when it begins anew.
    const viewer = new Viewer({ path: `monitor-${this.#name}`, picture: false }, (signal) =>
      mixerApi.monitor(this.#name, listen, signal),
    );
    viewer.start();
    return viewer;
  }
}
