/** A browser's Media Source and what is played in it, for tests. */

import { joined } from "./fragments";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Has two seconds as soon as anything is put in. */
class FullAtOnce extends EventTarget {
  readonly updating = false;
  readonly buffered = { length: 1, start: () => 0, end: () => 2 };

  appendBuffer(): void {
    queueMicrotask(() => this.dispatchEvent(new Event("updateend")));
  }
}

/** Opens by itself. */
export class OpenAtOnce extends EventTarget {
  static isTypeSupported = (): boolean => true;
  readonly readyState = "open";

  constructor() {
    super();
    queueMicrotask(() => this.dispatchEvent(new Event("sourceopen")));
  }

  addSourceBuffer(): FullAtOnce {
    return new FullAtOnce();
  }
}

/** An answer that begins with sound, and ends when it is no longer asked for. */
export function sounding(_: string, { signal }: RequestInit): Promise<Response> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      controller.enqueue(joined([letters("ftyp....soun..Opus....moof")]));
      signal?.addEventListener("abort", () => controller.error(signal.reason));
    },
  });
  return Promise.resolve(new Response(body));
}
