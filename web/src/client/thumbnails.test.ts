import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Thumbnails } from "./thumbnails";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("shows the other scenes while one is not answered", async () => {
  const asked = vi.fn((url: string, { signal }: RequestInit) =>
    url.includes("hangs")
      ? new Promise<Response>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)))
      : Promise.resolve(new Response("picture")),
  );
  vi.stubGlobal("fetch", asked);
  const shown: string[] = [];
  const thumbnails = new Thumbnails();
  const stops = ["hangs", "comes"].map((scene) => thumbnails.watch(scene, () => shown.push(scene)));
  await vi.advanceTimersByTimeAsync(4000);
  expect(shown).toEqual([]);
  await vi.advanceTimersByTimeAsync(4000);
  expect(shown).toEqual(["comes"]);
  for (const stop of stops) stop();
});
