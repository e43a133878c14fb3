import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./api";
import { Backoff } from "./backoff";
import { EventStream, type Numbered, Sequence } from "./events";
import type { News } from "./news";

describe("Sequence", () => {
  it("starts with a snapshot and takes the next number only", () => {
    const sequence = new Sequence();
    expect(sequence.accept({ seq: 7, type: "guest" })).toBe("gap");
    expect(sequence.accept({ seq: 7, type: "snapshot" })).toBe("apply");
    expect(sequence.accept({ seq: 7, type: "guest" })).toBe("stale");
    expect(sequence.accept({ seq: 8, type: "guest" })).toBe("apply");
    expect(sequence.accept({ seq: 10, type: "guest" })).toBe("gap");
  });
});

class FakeSocket {
  static all: FakeSocket[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  close(): void {
    this.closed = true;
  }

  say(event: Numbered): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
}

describe("EventStream", () => {
  const heard: string[] = [];
  const ups: boolean[] = [];
  let stream: EventStream<Numbered>;
  let forbidden: boolean;
  const probe = vi.fn<() => Promise<unknown>>();
  const questions: { tag: string; answer: (news: News<Numbered>) => void; fail: (e: Error) => void }[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    heard.length = 0;
    ups.length = 0;
    forbidden = false;
    questions.length = 0;
    probe.mockReset().mockResolvedValue("ok");
    stream = new EventStream<Numbered>({
      url: "/api/events",
      ask: (tag, signal) =>
        new Promise((answer, fail) => {
          questions.push({ tag, answer, fail });
          signal.addEventListener("abort", () => fail(signal.reason));
        }),
      probe,
      onEvent: (event) => {
        if (event.type === "odd") throw new TypeError("no such thing");
        heard.push(`${event.type} ${event.seq}`);
      },
      onUp: (up) => ups.push(up),
      onRefused: () => heard.push("refused"),
      backoff: new Backoff(500, 5000, () => 0),
      open: (url) => {
        if (forbidden) throw new DOMException("not here", "SecurityError");
        return new FakeSocket(url) as unknown as WebSocket;
      },
    });
    stream.start();
  });

  afterEach(() => {
    stream.close();
    vi.useRealTimers();
  });

  const socket = (index: number): FakeSocket => FakeSocket.all[index] as FakeSocket;

  it("opens a socket on the page's own host", () => {
    expect(socket(0).url).toMatch(/^wss?:\/\/.*\/api\/events$/);
  });

  it("asks for a new snapshot after a gap, and hears no more from the old socket", () => {
    socket(0).say({ seq: 1, type: "snapshot" });
    socket(0).say({ seq: 3, type: "guest" });
    expect(socket(0).closed).toBe(true);
    socket(0).say({ seq: 4, type: "guest" });
    vi.advanceTimersByTime(500);
    socket(1).say({ seq: 9, type: "snapshot" });
    expect(heard).toEqual(["snapshot 1", "snapshot 9"]);
    expect(ups).toEqual([true, false, true]);
  });

  it.each(['{"seq": 2, "type": "odd"}', "{", "null"])("asks anew after %s, which it cannot take", (text) => {
    socket(0).say({ seq: 1, type: "snapshot" });
    socket(0).onmessage?.({ data: text });
    expect(socket(0).closed).toBe(true);
    expect(ups).toEqual([true, false]);
    vi.advanceTimersByTime(500);
    socket(1).say({ seq: 9, type: "snapshot" });
    expect(heard).toEqual(["snapshot 1", "snapshot 9"]);
  });

  it("does not call itself up to date after news that it cannot take", async () => {
    failTwice();
    questions[0]?.answer({ tag: "a", events: [{ seq: 1, type: "odd" }] });
    await vi.advanceTimersByTimeAsync(0);
    expect(ups).not.toContain(true);
    await vi.advanceTimersByTimeAsync(500);
    expect(questions.map(({ tag }) => tag)).toEqual(["", ""]);
  });

  it("asks where the browser lets it open no WebSocket", async () => {
    socket(0).onclose?.({ code: 1006 });
    forbidden = true;
    await vi.advanceTimersByTimeAsync(500);
    questions[0]?.answer({ tag: "a", events: [{ seq: 1, type: "snapshot" }] });
    await vi.advanceTimersByTimeAsync(0);
    expect(ups.at(-1)).toBe(true);
    expect(heard).toEqual(["snapshot 1"]);
  });

  it("comes back with growing pauses, and small ones again after a snapshot", () => {
    socket(0).onclose?.({ code: 1006 });
    vi.advanceTimersByTime(500);
    socket(1).onclose?.({ code: 1006 });
    vi.advanceTimersByTime(749);
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(1);
    socket(2).say({ seq: 1, type: "snapshot" });
    socket(2).onclose?.({ code: 1006 });
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(4);
  });

  it("gives up when the server refuses it", () => {
    socket(0).onclose?.({ code: 4401 });
    vi.advanceTimersByTime(60_000);
    expect(heard).toEqual(["refused"]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("stays closed once it is closed", () => {
    stream.close();
    socket(0).onclose?.({ code: 1006 });
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  const failTwice = (): void => {
    socket(0).onclose?.({ code: 1006 });
    vi.advanceTimersByTime(500);
    socket(1).onclose?.({ code: 1006 });
  };

  it("asks where no WebSocket comes through, tells the tag, and tries the WebSocket again", async () => {
    failTwice();
    expect(questions.map(({ tag }) => tag)).toEqual([""]);
    questions[0]?.answer({ tag: "a", events: [{ seq: 1, type: "snapshot" }] });
    await vi.advanceTimersByTimeAsync(1000);
    expect(questions.map(({ tag }) => tag)).toEqual(["", "a"]);
    expect(heard).toEqual(["snapshot 1"]);
    expect(ups.at(-1)).toBe(true);
    questions[1]?.answer({ tag: "a", events: [] });
    await vi.advanceTimersByTimeAsync(30_000);
    socket(FakeSocket.all.length - 1).onclose?.({ code: 1006 });
    expect(ups.at(-1)).toBe(true);
    await vi.advanceTimersByTimeAsync(30_000);
    const asked = questions.length;
    socket(FakeSocket.all.length - 1).say({ seq: 1, type: "snapshot" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(questions).toHaveLength(asked);
    expect(heard).toEqual(["snapshot 1", "snapshot 1"]);
  });

  it("says so when asking fails too, and goes on", async () => {
    failTwice();
    questions[0]?.answer({ tag: "a", events: [{ seq: 1, type: "snapshot" }] });
    await vi.advanceTimersByTimeAsync(1000);
    questions[1]?.fail(new ApiError(0, "unreachable", ""));
    await vi.advanceTimersByTimeAsync(500);
    expect(ups.at(-1)).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeSocket.all).toHaveLength(3);
    questions[2]?.answer({ tag: "a", events: [] });
    await vi.advanceTimersByTimeAsync(0);
    expect(ups.at(-1)).toBe(true);
  });

  it("says so when a network is gone without a word while it asks, and asks anew", async () => {
    failTwice();
    questions[0]?.answer({ tag: "a", events: [{ seq: 1, type: "snapshot" }] });
    await vi.advanceTimersByTimeAsync(4000);
    expect(ups.at(-1)).toBe(true);
    probe.mockRejectedValue(new TypeError("network error"));
    await vi.advanceTimersByTimeAsync(6000);
    expect(ups.at(-1)).toBe(false);
    questions.at(-1)?.answer({ tag: "b", events: [{ seq: 7, type: "snapshot" }] });
    await vi.advanceTimersByTimeAsync(0);
    expect(ups.at(-1)).toBe(true);
    expect(heard.at(-1)).toBe("snapshot 7");
  });

  it("says so when a question fails in a way that nobody expects, and goes on", async () => {
    failTwice();
    questions[0]?.answer({ tag: "a", events: [{ seq: 1, type: "snapshot" }] });
    await vi.advanceTimersByTimeAsync(1000);
    questions[1]?.fail(new TypeError("network error"));
    await vi.advanceTimersByTimeAsync(0);
    expect(ups.at(-1)).toBe(false);
    await vi.advanceTimersByTimeAsync(500);
    questions[2]?.answer({ tag: "a", events: [] });
    await vi.advanceTimersByTimeAsync(0);
    expect(ups.at(-1)).toBe(true);
  });

  it("gives up an answer that never comes", async () => {
    failTwice();
    await vi.advanceTimersByTimeAsync(31_000);
    expect(questions.length).toBeGreaterThan(1);
  });

  it("gives up when the server refuses the question", async () => {
    failTwice();
    questions[0]?.fail(new ApiError(403, "forbidden", ""));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toEqual(["refused"]);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it.each([401, 403, 404])("takes a %s of a proxy's for no refusal", async (status) => {
    failTwice();
    questions[0]?.answer({ tag: "a", events: [{ seq: 1, type: "snapshot" }] });
    await vi.advanceTimersByTimeAsync(1000);
    questions[1]?.fail(new ApiError(status, `http_${status}`, ""));
    await vi.advanceTimersByTimeAsync(500);
    expect(heard).toEqual(["snapshot 1"]);
    expect(ups.at(-1)).toBe(false);
    questions[2]?.answer({ tag: "a", events: [] });
    await vi.advanceTimersByTimeAsync(0);
    expect(ups.at(-1)).toBe(true);
  });

  it("is not up while nothing comes of a network that is gone, and begins anew", async () => {
    socket(0).say({ seq: 1, type: "snapshot" });
    await vi.advanceTimersByTimeAsync(8000);
    expect([probe.mock.calls.length, ups]).toEqual([1, [true]]);
    probe.mockRejectedValue(new TypeError("network error"));
    await vi.advanceTimersByTimeAsync(5000);
    expect([socket(0).closed, ups]).toEqual([true, [true, false]]);
    await vi.advanceTimersByTimeAsync(500);
    socket(1).say({ seq: 1, type: "snapshot" });
    expect(ups).toEqual([true, false, true]);
  });

  it("asks no more once it is closed", async () => {
    socket(0).say({ seq: 1, type: "snapshot" });
    stream.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe).not.toHaveBeenCalled();
  });

  it("gives up a WebSocket that stays silent", () => {
    vi.advanceTimersByTime(8000);
    expect(socket(0).closed).toBe(true);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(2);
  });
});
