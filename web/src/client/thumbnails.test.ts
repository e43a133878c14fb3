import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OLD_MS, Thumbnails } from "./thumbnails";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A picture that never comes, until whoever asked gives up. */
const never = (_url: string, { signal }: RequestInit): Promise<Response> =>
  new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

it("shows the other scenes while some are not answered", async () => {
  const asked = vi.fn((url: string, init: RequestInit) =>
    url.includes("hangs") ? never(url, init) : Promise.resolve(new Response("picture")),
  );
  vi.stubGlobal("fetch", asked);
  const shown: string[] = [];
  const thumbnails = new Thumbnails();
  const scenes = ["hangs", "also hangs", "comes"];
  const stops = scenes.map((scene) => thumbnails.watch(scene, () => shown.push(scene)));
  await vi.advanceTimersByTimeAsync(4000);
  expect(asked.mock.calls.map(([url]) => url)).toEqual(["hangs", "also hangs"]);
  await vi.advanceTimersByTimeAsync(4000);
  expect(shown[0]).toBe("comes");
  for (const stop of stops) stop();
});

it("keeps the others coming while one is never answered", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn((url: string, init: RequestInit) =>
      url === "hangs" ? never(url, init) : Promise.resolve(new Response("picture")),
    ),
  );
  const thumbnails = new Thumbnails();
  const shown = vi.fn();
  const stops = [thumbnails.watch("hangs", vi.fn()), thumbnails.watch("comes", shown)];
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(3 * OLD_MS);
  expect(shown.mock.calls.length).toBeGreaterThanOrEqual(5);
  for (const stop of stops) stop();
});

it("lets none of a full desk become old where each answer takes half a second", async () => {
  vi.stubGlobal("fetch", async () => {
    await new Promise((done) => setTimeout(done, 500));
    return new Response("picture");
  });
  const thumbnails = new Thumbnails();
  const begun = performance.now();
  const latest = new Map<string, number>();
  let longest = 0;
  const stops = Array.from({ length: 16 }, (_, at) => `scene${at}`).map((scene) =>
    thumbnails.watch(scene, () => {
      const now = performance.now();
      longest = Math.max(longest, now - (latest.get(scene) ?? begun));
      latest.set(scene, now);
    }),
  );
  await vi.advanceTimersByTimeAsync(30_000);
  expect(latest.size).toBe(16);
  expect(longest).toBeLessThan(OLD_MS);
  for (const stop of stops) stop();
});
