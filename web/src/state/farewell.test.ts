import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from "vitest";
import { Farewell } from "./farewell";
import type { Inside } from "./page";
import { guest } from "./samples";

const INSIDE = { kind: "inside", token: "invite", guest: guest({ id: "g1" }) } as Inside;
const VISIT = { instance: "page1", visit: "visit1" };
const PATH = "/api/guests/g1/leave?instance=page1&visit=visit1";
const BEACON = "/api/guests/g1/leave?invite=invite&instance=page1&visit=visit1";

const DONE = (): Response => new Response(null, { status: 204 });
const problem = (status: number, code: string, retryable: boolean): Response =>
  Response.json({ type: `urn:stagedoor:problem:${code}`, code, detail: code, retryable }, { status });
const STARTING = (): Response => problem(503, "unavailable", true);

describe("Farewell", () => {
  let farewell: Farewell;
  let beacon: Mock<(url: string) => boolean>;
  let fetched: Mock<(url: string, init: RequestInit) => Promise<Response>>;

  beforeEach(() => {
    vi.useFakeTimers();
    farewell = new Farewell();
    beacon = vi.fn(() => true);
    fetched = vi.fn(async () => DONE());
    vi.stubGlobal("navigator", { sendBeacon: beacon });
    vi.stubGlobal("fetch", fetched);
  });
  afterEach(() => {
    farewell.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is told once where control hears it, and the page has nothing to tell when it is closed", async () => {
    await farewell.say(INSIDE, VISIT);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetched.mock.calls).toMatchObject([
      [PATH, { method: "POST", headers: { Authorization: "Bearer invite" } }],
    ]);
    farewell.unload(null, VISIT);
    expect(beacon).not.toHaveBeenCalled();
  });

  it("keeps nobody waiting, and is told on until control has heard it", async () => {
    fetched
      .mockResolvedValueOnce(STARTING())
      .mockRejectedValueOnce(new TypeError("no connection"))
      .mockResolvedValueOnce(new Response("<html>Bad gateway</html>", { status: 502 }))
      .mockResolvedValueOnce(new Response("<html>Not found</html>", { status: 404 }));
    await farewell.say(INSIDE, VISIT);
    expect(fetched).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetched).toHaveBeenCalledTimes(5);
  });

  it("goes on with the first try on a line where a connection takes its time", async () => {
    fetched.mockImplementation(async (_, { signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      signal?.throwIfAborted();
      return DONE();
    });
    const said = vi.fn();
    void farewell.say(INSIDE, VISIT).then(said);
    await vi.advanceTimersByTimeAsync(600);
    expect(said).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(said).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetched).toHaveBeenCalledOnce();
  });

  it("tries again where nothing answers, and gives up after half a minute", async () => {
    fetched.mockImplementation(
      (_, { signal }) =>
        new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
    );
    void farewell.say(INSIDE, VISIT);
    await vi.advanceTimersByTimeAsync(20_000);
    const soFar = fetched.mock.calls.length;
    expect(soFar).toBeGreaterThan(2);
    await vi.advanceTimersByTimeAsync(20_000);
    const all = fetched.mock.calls.length;
    expect(all).toBeGreaterThan(soFar);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetched).toHaveBeenCalledTimes(all);
  });

  it.each([
    [401, "unauthenticated"],
    [404, "guest_unknown"],
    [409, "not_joined"],
  ])("is over where control answers %s %s", async (status, code) => {
    fetched.mockImplementation(async () => problem(status, code, false));
    await farewell.say(INSIDE, VISIT);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetched).toHaveBeenCalledOnce();
  });

  it("is told no more to somebody who is back", async () => {
    let inFlight: AbortSignal | null | undefined;
    fetched.mockResolvedValueOnce(STARTING()).mockImplementation((_, { signal }) => {
      inFlight = signal;
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    });
    await farewell.say(INSIDE, VISIT);
    await vi.advanceTimersByTimeAsync(1000);
    expect(inFlight?.aborted).toBe(false);
    farewell.stop();
    expect(inFlight?.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it("goes out by a beacon where the page is closed inside, or before control has heard", async () => {
    farewell.unload(INSIDE, VISIT);
    expect(beacon.mock.calls).toEqual([[BEACON]]);
    fetched.mockImplementation(async () => STARTING());
    await farewell.say(INSIDE, VISIT);
    farewell.unload(null, VISIT);
    expect(beacon.mock.calls).toEqual([[BEACON], [BEACON]]);
  });
});
