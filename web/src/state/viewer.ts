/** Live picture and sound of one path, kept up while somebody looks at it. */

import { signal } from "@preact/signals";
import type { ApiError } from "../client/api";
import { watchFlow } from "../client/flow";
import { Lasting, type LinkState } from "../client/lasting";
import type { RtcSession } from "../client/session";
import { type Watched, watch } from "../client/whep";

export type Wanted = Omit<Watched, "stream">;

const isFinal = ({ status, foreign }: ApiError): boolean => !foreign && [401, 403, 406].includes(status);

let opened = 0;

export class Viewer {
  /** Another one of the same path is another viewer. */
  readonly id = opened++;
  readonly path: string;
  readonly link = signal<LinkState>({ kind: "connecting", after: null });
  readonly stream = signal<MediaStream | null>(null);
  /** Whether picture or sound comes, while there is a connection. */
  readonly flows = signal(true);
  /** The same of the sound alone. */
  readonly sounds = signal(true);
  readonly #lasting: Lasting<RtcSession>;
  #flow = new AbortController();

  /**
   * @param wanted What to watch.
   * @param before Done before each opening, such as asking that there be something.
   */
  constructor(wanted: Wanted, before?: (signal: AbortSignal) => Promise<unknown>) {
    this.path = wanted.path;
    this.#lasting = new Lasting<RtcSession>(
      async (signal) => {
        await before?.(signal);
        const stream = new MediaStream();
        const session = await watch({ ...wanted, stream }, signal);
        this.stream.value = stream;
        this.#watch(session);
        return session;
      },
      (state) => {
        this.link.value = state;
        if (state.kind === "waiting" || state.kind === "refused") this.stream.value = null;
      },
      isFinal,
    );
  }

  /** The connection in use; null while there is none. */
  get peer(): RTCPeerConnection | null {
    return this.#lasting.session?.peer ?? null;
  }

  start(): void {
    this.#lasting.start();
  }

  stop(): void {
    this.#flow.abort();
    void this.#lasting.stop();
  }

  #watch({ peer }: RtcSession): void {
    this.#flow.abort();
    this.#flow = new AbortController();
    const tell = (flows: boolean, sounds: boolean): void => {
      this.flows.value = flows;
      this.sounds.value = sounds;
    };
    tell(true, true);
    // Behind an SFU a connection outlives what it was made for: another one may have it.
    void watchFlow(peer, this.#flow.signal, tell, () => peer.close());
  }
}
