import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { playByHttp } from "./http-picture";

class OpenAtOnce extends EventTarget {
  static isTypeSupported = vi.fn(() => true);
  constructor() {
    super();
    queueMicrotask(() => this.dispatchEvent(new Event("sourceopen")));
  }
}

const never = (_: string, { signal }: RequestInit): Promise<Response> =>
  new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
const asked = vi.fn(never);
const addresses = (): string[] => asked.mock.calls.map(([address]) => address);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaSource", OpenAtOnce);
  vi.stubGlobal("fetch", asked);
  OpenAtOnce.isTypeSupported.mockReturnValue(true);
  asked.mockReset().mockImplementation(never);
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:picture");
  vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function played(sound: boolean, ms: number): Promise<void> {
  const over = new AbortController();
  const video = { load: () => undefined, removeAttribute: () => undefined } as unknown as HTMLVideoElement;
  const played = { path: "multiview", sound, onPlays: () => undefined, onBlocked: () => undefined };
  const done = playByHttp(video, played, over.signal);
  await vi.advanceTimersByTimeAsync(ms);
  over.abort();
  await done;
}

it("asks anew where not even an answer begins", async () => {
  await played(false, 4000);
  expect(addresses()).toEqual(["/live/multiview.mp4?audio=none&video=copy"]);
  await played(false, 10_000);
  expect(addresses().length).toBeGreaterThan(2);
});

it.each([
  ["Opus where the browser plays it", true, "opus"],
  ["AAC where it does not", false, "aac"],
])("has sound as %s", async (_, isSupported, audio) => {
  OpenAtOnce.isTypeSupported.mockReturnValue(isSupported);
  await played(true, 100);
  expect(addresses()).toEqual([`/live/multiview.mp4?audio=${audio}&video=copy`]);
});

it("asks for H.264 once the picture is in something that it cannot be sent in", async () => {
  asked.mockResolvedValue(new Response("{}", { status: 406 }));
  await played(false, 3000);
  expect(addresses().slice(0, 2)).toEqual([
    "/live/multiview.mp4?audio=none&video=copy",
    "/live/multiview.mp4?audio=none&video=h264",
  ]);
});
