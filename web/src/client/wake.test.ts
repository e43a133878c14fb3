import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

class FakeLock extends EventTarget {
  release = vi.fn(async () => {
    this.dispatchEvent(new Event("release"));
  });
}

describe("keepAwake", () => {
  let given: FakeLock[];
  let request: ReturnType<typeof vi.fn>;
  let visibility: DocumentVisibilityState;
  let keepAwake: (on: boolean) => void;

  beforeEach(async () => {
    given = [];
    visibility = "visible";
    request = vi.fn(async () => {
      const lock = new FakeLock();
      given.push(lock);
      return lock;
    });
    vi.stubGlobal("navigator", { wakeLock: { request } });
    vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
    vi.resetModules();
    ({ keepAwake } = await import("./wake"));
  });

  afterEach(() => {
    keepAwake(false);
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));

  async function shown(now: DocumentVisibilityState): Promise<void> {
    visibility = now;
    document.dispatchEvent(new Event("visibilitychange"));
    await settled();
  }

  it("asks for the screen once, and gives it back", async () => {
    keepAwake(true);
    await settled();
    keepAwake(true);
    await settled();
    expect(request.mock.calls).toEqual([["screen"]]);
    keepAwake(false);
    expect(given[0]?.release).toHaveBeenCalledOnce();
  });

  it("asks again when a page that was hidden is seen, for as long as it is wanted", async () => {
    keepAwake(true);
    await settled();
    given[0]?.dispatchEvent(new Event("release"));
    await shown("hidden");
    expect(given.length).toBe(1);
    await shown("visible");
    expect(given.length).toBe(2);
    keepAwake(false);
    await shown("hidden");
    await shown("visible");
    expect(given.length).toBe(2);
  });

  it("does without where the browser has none, or refuses", async () => {
    request.mockRejectedValueOnce(new DOMException("low battery", "NotAllowedError"));
    keepAwake(true);
    await settled();
    expect(given).toEqual([]);
    vi.stubGlobal("navigator", {});
    await shown("visible");
    expect(given).toEqual([]);
  });

  it("gives back what comes after it was wanted no more", async () => {
    keepAwake(true);
    keepAwake(false);
    await settled();
    expect(given[0]?.release).toHaveBeenCalledOnce();
  });
});
