import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { playByHttp } from "./http-picture";
import { OpenAtOnce, sounding } from "./sample-stream";

const never = (_: string, { signal }: RequestInit): Promise<Response> =>
  new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
const asked = vi.fn(never);
const addresses = (): string[] => asked.mock.calls.map(([address]) => address);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaSource", OpenAtOnce);
  vi.stubGlobal("fetch", asked);
  asked.mockReset().mockImplementation(never);
  let made = 0;
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => `blob:${++made}`);
  vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A player with what the browser has of one that matters here. */
function playerOf(play: () => Promise<void> = async () => undefined): HTMLMediaElement {
  const player = {
    src: "",
    currentTime: 0,
    muted: false,
    play,
    load: () => undefined,
    removeAttribute: () => {
      player.src = "";
    },
  };
  return player as unknown as HTMLMediaElement;
}

async function played(sound: boolean, ms: number): Promise<void> {
  const over = new AbortController();
  const played = { path: "multiview", sound, onPlays: () => undefined, onBlocked: () => undefined };
  const done = playByHttp(playerOf(), played, over.signal);
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
  vi.spyOn(OpenAtOnce, "isTypeSupported").mockReturnValue(isSupported);
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

it("leaves the player to whoever plays something else in it before this is over", async () => {
  const player = playerOf();
  const [first, second] = [new AbortController(), new AbortController()];
  const about = { path: "multiview", onPlays: () => undefined, onBlocked: () => undefined };
  const silent = playByHttp(player, { ...about, sound: false }, first.signal);
  await vi.advanceTimersByTimeAsync(100);
  first.abort();
  const aloud = playByHttp(player, { ...about, sound: true }, second.signal);
  await silent;
  expect(player.src).toBe("blob:2");
  second.abort();
  await aloud;
  expect(player.src).toBe("");
});

const REFUSED = new DOMException("nobody has touched the page", "NotAllowedError");

it.each([
  ["plays where the browser lets it", [], [true], [false]],
  ["plays without its sound where the browser wants a click for that", [REFUSED], [true], [true]],
  ["is not said to play where the browser plays nothing before a click", [REFUSED, REFUSED], [], [true]],
])("%s", async (_, refusals, plays, blocked) => {
  asked.mockImplementation(sounding);
  const told = { onPlays: vi.fn(), onBlocked: vi.fn() };
  const refused = [...refusals];
  const player = playerOf(async () => {
    const refusal = refused.shift();
    if (refusal) throw refusal;
  });
  const over = new AbortController();
  const done = playByHttp(player, { path: "program", sound: true, ...told }, over.signal);
  await vi.advanceTimersByTimeAsync(100);
  expect(told.onPlays.mock.calls.flat()).toEqual(plays);
  expect(told.onBlocked.mock.calls.flat()).toEqual(blocked);
  over.abort();
  await done;
});
