/** A live picture of one path, kept up while somebody looks at it. */

import { signal } from "@preact/signals";
import type { ApiError } from "../client/api";
import { Lasting, type LinkState } from "../client/lasting";
import type { RtcSession } from "../client/session";
import { watch } from "../client/whep";

const isFinal = ({ status, foreign }: ApiError): boolean => !foreign && [401, 403, 406].includes(status);

export class Viewer {
  readonly link = signal<LinkState>({ kind: "connecting", after: null });
  readonly stream = signal<MediaStream | null>(null);
  readonly #lasting: Lasting<RtcSession>;

  constructor(path: string) {
    this.#lasting = new Lasting<RtcSession>(
      async (signal) => {
        const stream = new MediaStream();
        const session = await watch(path, stream, signal);
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
