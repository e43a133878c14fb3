/** Live picture and sound of one path, kept up while somebody looks at it. */

import { signal } from "@preact/signals";
import type { ApiError } from "../client/api";
import { Lasting, type LinkState } from "../client/lasting";
import type { RtcSession } from "../client/session";
import { type Watched, watch } from "../client/whep";

export type Wanted = Omit<Watched, "stream">;

const isFinal = ({ status, foreign }: ApiError): boolean => !foreign && [401, 403, 406].includes(status);

export class Viewer {
  readonly link = signal<LinkState>({ kind: "connecting", after: null });
  readonly stream = signal<MediaStream | null>(null);
  readonly #lasting: Lasting<RtcSession>;

  /**
   * @param wanted What to watch.
   * @param before Done before each opening, such as asking that there be something.
   */
  constructor(wanted: Wanted, before?: (signal: AbortSignal) => Promise<unknown>) {
    this.#lasting = new Lasting<RtcSession>(
      async (signal) => {
        await before?.(signal);
        const stream = new MediaStream();
        const session = await watch({ ...wanted, stream }, signal);
        this.stream.value = stream;
        return session;
      },
      (state) => {
        this.link.value = state;
        if (state.kind === "waiting" || state.kind === "refused") this.stream.value = null;
      },
      isFinal,
    );
  }

  start(): void {
    this.#lasting.start();
  }

  stop(): void {
    void this.#lasting.stop();
  }
}
