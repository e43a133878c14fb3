import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from "vitest";
import type { JoinInfo } from "../client/types";
import { Build } from "./build";
import { Media } from "./media";
import { guest } from "./samples";
import { Stage } from "./stage";
import { Visit } from "./visit";

const INFO: JoinInfo = {
  production: "Show",
  notice: "",
  notice_version: "v1",
  usual_notice: false,
  open: false,
  invite: null,
  guest: null,
  max_bitrate: 6_000_000,
  records: false,
  streams: true,
  returns: true,
};
const JOINED = { guest: guest({ id: "g1" }), token: "invite", endpoint: "/api/calls/whip/g1" };
const CHECKING = { ...JOINED, guest: guest({ id: "g1", state: "checking" }) };
const STARTING = {
  type: "urn:stagedoor:problem:unavailable",
  code: "unavailable",
  detail: "the relay starts",
  retryable: true,
};

class FakeSocket {
  static last: FakeSocket | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.last = this;
  }

  close(): void {}

  say(event: unknown): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
}

describe("Stage", () => {
  let media: Media;
  let stage: Stage;
  let joins: number;
  let leaves: number;
  /** The visit that each join and each leave was of, in the order in which they were told. */
  let visits: string[];
  let reload: Mock<() => void>;
  /** What joining is answered with; control's own answer if null. */
  let instead: Response | null;

  beforeEach(async () => {
    vi.useFakeTimers();
    joins = 0;
    leaves = 0;
    visits = [];
    instead = null;
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit) => {
      const told = new URLSearchParams(path.split("?")[1]).get("visit");
      if (told) visits.push(told);
      if (path.includes("/leave?")) leaves += 1;
      if (path !== "/api/join") return Response.json(STARTING, { status: 503 });
      if (method === "GET") return Response.json(INFO);
      joins += 1;
      visits.push(JSON.parse(String(body)).visit);
      return instead ?? Response.json(JOINED);
    });
    media = new Media();
    vi.spyOn(media, "setSending").mockImplementation(() => undefined);
    vi.spyOn(media, "settled").mockResolvedValue();
    reload = vi.fn();
    const visit = new Visit(sessionStorage, new URLSearchParams({ invite: "invite" }));
    stage = new Stage(media, visit, new Build("own", reload));
    await stage.load();
  });

  afterEach(async () => {
    await stage.leave();
    sessionStorage.clear();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const problem = (): unknown => ("problem" in stage.phase.value ? stage.phase.value.problem : undefined);
  const socket = (): FakeSocket => FakeSocket.last as FakeSocket;

  it("is back at the form, with a reason, when joining fails in a way that nobody expects", async () => {
    vi.spyOn(media, "settled").mockRejectedValue(new TypeError("no such device"));
    await stage.join("Ada");
    expect(problem()).toMatchObject({ code: "page_failed" });
  });

  it("says so when something on the way answers a join", async () => {
    instead = new Response("<html>Sign in</html>", { status: 403 });
    await stage.join("Ada");
    expect(problem()).toMatchObject({ code: "intercepted" });
  });

  it.each([
    ["a page with 200", () => new Response("<html>Sign in</html>", { status: 200 })],
    ["a page with 403", () => new Response("<html>Forbidden</html>", { status: 403 })],
  ])("stays inside, and joins anew, when a proxy answers with %s", async (_, page) => {
    await stage.join("Ada");
    instead = page();
    socket().onclose?.({ code: 4404 });
    await vi.advanceTimersByTimeAsync(300);
    expect([joins, stage.phase.value.kind]).toEqual([2, "inside"]);
    instead = null;
    const before = socket();
    await vi.advanceTimersByTimeAsync(1000);
    expect([joins, stage.phase.value.kind]).toEqual([3, "inside"]);
    expect(socket()).not.toBe(before);
  });

  it("does not join anew for a guest who has left meanwhile", async () => {
    await stage.join("Ada");
    socket().onclose?.({ code: 4404 });
    await stage.leave();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([joins, stage.phase.value.kind]).toEqual([1, "ended"]);
  });

  it("is left at once though control does not answer, which is told it until the same person is back", async () => {
    await stage.join("Ada");
    await stage.leave();
    expect([stage.phase.value.kind, leaves]).toEqual(["ended", 1]);
    await vi.advanceTimersByTimeAsync(5000);
    const told = leaves;
    expect(told).toBeGreaterThan(2);
    stage.back();
    await stage.join("Ada");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([leaves, stage.phase.value.kind]).toEqual([told, "inside"]);
  });

  it("leaves the visit that it has joined for, by whatever join, and begins another one by joining anew", async () => {
    await stage.join("Ada");
    socket().onclose?.({ code: 4404 });
    await vi.advanceTimersByTimeAsync(300);
    await stage.leave();
    stage.back();
    await stage.join("Ada");
    const beacon = vi.spyOn(navigator, "sendBeacon").mockReturnValue(true);
    stage.unload();
    const closed = new URLSearchParams(String(beacon.mock.calls[0]?.[0]).split("?")[1]).get("visit");
    const [first, again, left, second] = visits;
    expect([joins, first, again]).toEqual([3, left, left]);
    expect([second === first, closed]).toEqual([false, second]);
  });

  it("stays in the checks, says why and tries again, when going in fails for a moment", async () => {
    instead = Response.json(CHECKING);
    await stage.join("Ada", { checks: true });
    instead = Response.json(STARTING, { status: 503 });
    const entered = stage.enter();
    await vi.advanceTimersByTimeAsync(0);
    expect(stage.phase.value).toMatchObject({ kind: "inside", guest: { state: "checking" } });
    expect(stage.entering.value).toMatchObject({ problem: { code: "unavailable" } });
    await stage.enter();
    expect(joins).toBe(2);
    instead = null;
    await vi.advanceTimersByTimeAsync(300);
    await entered;
    expect(stage.phase.value).toMatchObject({ kind: "inside", guest: { state: "lobby" } });
    expect([joins, stage.entering.value]).toEqual([3, null]);
  });

  it("leaves the checks where it is refused for good, and tries no more once the guest has left", async () => {
    instead = Response.json(CHECKING);
    await stage.join("Ada", { checks: true });
    instead = Response.json(STARTING, { status: 503 });
    void stage.enter();
    await vi.advanceTimersByTimeAsync(0);
    await stage.leave();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([joins, stage.entering.value, stage.phase.value.kind]).toEqual([2, null, "ended"]);
    instead = Response.json(CHECKING);
    await stage.join("Ada", { checks: true });
    const taken = { ...STARTING, code: "seat_taken", retryable: false };
    instead = Response.json(taken, { status: 409 });
    await stage.enter();
    expect([stage.entering.value, problem()]).toMatchObject([null, { code: "seat_taken" }]);
  });

  it("becomes the newer page between two visits, and never during one", async () => {
    await stage.join("Ada");
    const served = { guest: guest({ id: "g1" }), commands: [], chat: 0, build: "newer" };
    socket().say({ seq: 1, type: "snapshot", data: served });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([stage.build.isOld.value, reload.mock.calls.length]).toEqual([true, 0]);
    await stage.leave();
    expect(reload).not.toHaveBeenCalled();
    stage.back();
    expect([reload.mock.calls.length, stage.phase.value.kind]).toEqual([1, "ended"]);
  });

  it("has the browser ask before it closes the page, on air only", async () => {
    const isAsked = (): boolean => !dispatchEvent(new Event("beforeunload", { cancelable: true }));
    await stage.join("Ada");
    const data = { guest: guest({ id: "g1" }), commands: [], chat: 0 };
    socket().say({ seq: 1, type: "snapshot", data });
    expect(isAsked()).toBe(false);
    socket().say({ seq: 2, type: "guest", data: guest({ id: "g1", heard: true }) });
    expect(isAsked()).toBe(true);
    socket().say({ seq: 3, type: "guest", data: guest({ id: "g1", tally: "preview" }) });
    expect(isAsked()).toBe(false);
    socket().say({ seq: 4, type: "guest", data: guest({ id: "g1", tally: "program" }) });
    await stage.leave();
    expect(isAsked()).toBe(false);
  });

  it("passes over what a newer server tells more", async () => {
    await stage.join("Ada");
    socket().say({ seq: 1, type: "snapshot", data: { guest: guest({ id: "g1" }), commands: [], chat: 0 } });
    socket().say({ seq: 2, type: "weather", data: {} });
    expect(stage.eventsUp.value).toBe(true);
    expect(stage.phase.value).toMatchObject({ kind: "inside", guest: { name: "Ada" } });
  });
});
