import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { playByHttp } from "./http-picture";

class OpenAtOnce extends EventTarget {
  constructor() {
    super();
    queueMicrotask(() => this.dispatchEvent(new Event("sourceopen")));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaSource", OpenAtOnce);
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:picture");
  vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it("asks anew where not even an answer begins", async () => {
  const asked = vi.fn(
    (_: string, { signal }: RequestInit) =>
      new Promise<Response>((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason)),
      ),
  );
  vi.stubGlobal("fetch", asked);
  const over = new AbortController();
  const video = { load: () => undefined, removeAttribute: () => undefined } as unknown as HTMLVideoElement;
  const done = playByHttp(video, "multiview", over.signal, () => undefined);
  await vi.advanceTimersByTimeAsync(4000);
  expect(asked).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(6000);
  expect(asked.mock.calls.length).toBeGreaterThan(1);
  over.abort();
  await done;
});
