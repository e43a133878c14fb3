import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./api";
import { Backoff, sleep } from "./backoff";
import { type Connection, Lasting, type LinkState, type ServerWord } from "./lasting";

class FakeConnection implements Connection {
  state: RTCPeerConnectionState = "connected";
  answering = true;
  failing = false;
  hungUp = false;
  told: boolean | null = null;
  closed = false;
  restarts = 0;
  canRestart = true;
  #bytes = 0;

  constructor(readonly id: string) {}

  get peer(): Connection["peer"] {
    const self = this;
    return {
      get connectionState() {
        return self.state;
      },
      getStats: async () => {
        if (self.failing) throw new TypeError("no figures");
        if (self.answering) self.#bytes += 10;
        return new Map([
          ["t", { type: "transport", bytesReceived: self.#bytes }],
        ]) as unknown as RTCStatsReport;
      },
    };
  }
  async restart(): Promise<void> {
    this.restarts += 1;
    if (!this.canRestart) throw new ApiError(404, "not_found", "no such session");
    this.answering = true;
    this.state = "connected";
  }
  async close(ended: boolean): Promise<void> {
    this.closed = true;
    this.told = !ended;
  }
}

describe("Lasting", () => {
  let opened: FakeConnection[];
  let states: LinkState[];
  let failures: Error[];
  let word: ServerWord;
  let hanging: boolean;
  let late: (() => Promise<void>) | null;
  let first: Partial<FakeConnection>;
  let lasting: Lasting<FakeConnection>;

  beforeEach(() => {
    vi.useFakeTimers();
    opened = [];
    states = [];
    failures = [];
    word = "open";
    hanging = false;
    late = null;
    first = {};
    lasting = new Lasting<FakeConnection>(
      async (signal) => {
        const failure = failures.shift();
        if (failure) throw failure;
        if (hanging) await sleep(3_600_000, signal);
        late?.call(lasting);
        const connection = new FakeConnection(`s${opened.length + 1}`);
        if (opened.length === 0) Object.assign(connection, first);
        opened.push(connection);
        return connection;
      },
      (state) => states.push(state),
      ({ status, foreign }) => status === 403 && !foreign,
      new Backoff(500, 5000, () => 0),
    );
    lasting.listenTo(() => word);
  });

  afterEach(async () => {
    await lasting.stop();
    vi.useRealTimers();
  });

  const kinds = (): string[] => states.map(({ kind }) => kind);
  const connection = (index: number): FakeConnection => opened[index] as FakeConnection;

  async function connected(): Promise<void> {
    lasting.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(kinds()).toEqual(["connecting", "connected"]);
  }

  it("connects, and stays quiet while all is well", async () => {
    await connected();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kinds()).toEqual(["connecting", "connected"]);
    expect(connection(0).restarts).toBe(0);
  });

  it("opens another session soon after the server closed this one", async () => {
    await connected();
    word = "closed";
    await vi.advanceTimersByTimeAsync(300);
    word = "open";
    await vi.advanceTimersByTimeAsync(1000);
    expect(connection(0)).toMatchObject({ closed: true, told: false });
    expect(opened).toHaveLength(2);
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s2" });
  });

  it("opens another session when the other side hangs up", async () => {
    await connected();
    connection(0).hungUp = true;
    await vi.advanceTimersByTimeAsync(1500);
    expect(connection(0)).toMatchObject({ closed: true, told: false });
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s2" });
  });

  it("keeps a session that control does not know while its relay answers", async () => {
    await connected();
    word = "unknown";
    await vi.advanceTimersByTimeAsync(30_000);
    expect(opened).toHaveLength(1);
  });

  it("is back within five seconds when the relay dies", async () => {
    await connected();
    connection(0).answering = false;
    word = "unknown";
    failures = [new ApiError(503, "unavailable", "the relay starts"), new ApiError(503, "unavailable", "")];
    await vi.advanceTimersByTimeAsync(5000);
    expect(opened).toHaveLength(2);
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s2" });
  });

  it("is back within a second after a relay that was long in starting", async () => {
    await connected();
    word = "closed";
    const starting = (): ApiError => new ApiError(503, "unavailable", "the relay starts");
    failures = Array.from({ length: 1000 }, starting);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(states.at(-1)).toEqual({ kind: "waiting", cause: "not_ready" });
    failures = [];
    word = "open";
    await vi.advanceTimersByTimeAsync(1300);
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s2" });
  });

  it("restarts ICE when nothing comes back, and keeps the session", async () => {
    await connected();
    connection(0).answering = false;
    await vi.advanceTimersByTimeAsync(6000);
    expect(connection(0).restarts).toBe(1);
    expect(opened).toHaveLength(1);
    expect(kinds()).toEqual(["connecting", "connected", "recovering", "connected"]);
  });

  it("restarts ICE at once when the connection is interrupted", async () => {
    await connected();
    connection(0).state = "disconnected";
    await vi.advanceTimersByTimeAsync(1000);
    expect(connection(0).restarts).toBe(1);
  });

  it("opens another session when the server forgot this one", async () => {
    await connected();
    Object.assign(connection(0), { state: "disconnected", canRestart: false });
    await vi.advanceTimersByTimeAsync(2000);
    expect(opened).toHaveLength(2);
  });

  it("says that the carrier is in the way, and is there as soon as it no longer is", async () => {
    failures = [new ApiError(502, "carrier_refused", "no such app", "", false)];
    lasting.start();
    await vi.advanceTimersByTimeAsync(100);
    expect(states.at(-1)).toEqual({ kind: "waiting", cause: "carrier" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s1" });
  });

  it.each([
    [403, "http_403", "intercepted"],
    [0, "bad_answer", "intercepted"],
    [502, "http_502", "not_ready"],
    [0, "unreachable", "unreachable"],
    [502, "carrier_refused", "carrier"],
    [502, "carrier_too_large", "carrier_too_large"],
  ])("says what %s %s means, and goes on", async (status, code, cause) => {
    failures = [new ApiError(status, code, "", "", true)];
    lasting.start();
    await vi.advanceTimersByTimeAsync(100);
    expect(states.at(-1)).toEqual({ kind: "waiting", cause });
    await vi.advanceTimersByTimeAsync(1000);
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s1" });
  });

  it("says that the page fails when opening does in a way that nobody expects, and goes on", async () => {
    failures = [new TypeError("no such server")];
    lasting.start();
    await vi.advanceTimersByTimeAsync(100);
    expect(states.at(-1)).toEqual({ kind: "waiting", cause: "page_failed" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s1" });
  });

  it("opens another session when watching this one fails", async () => {
    await connected();
    connection(0).failing = true;
    await vi.advanceTimersByTimeAsync(1500);
    expect(connection(0)).toMatchObject({ closed: true, told: true });
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s2" });
  });

  it("gives up an offer that is never answered, and tries again", async () => {
    hanging = true;
    lasting.start();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(states.at(-1)).toEqual({ kind: "waiting", cause: "unreachable" });
    hanging = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s1" });
  });

  it("deletes a session that was opened too late, also after one that the server had ended", async () => {
    await connected();
    word = "closed";
    await vi.advanceTimersByTimeAsync(300);
    late = lasting.stop;
    await vi.advanceTimersByTimeAsync(1000);
    expect(connection(1)).toMatchObject({ closed: true, told: true });
  });

  it.each([405, 422])("opens another session at once when a restart is answered with %s", async (status) => {
    await connected();
    connection(0).restart = async () => {
      throw new ApiError(status, "restart_unsupported", "", "", false);
    };
    connection(0).state = "disconnected";
    await vi.advanceTimersByTimeAsync(1500);
    expect(connection(0)).toMatchObject({ closed: true, told: true });
    expect(states.at(-1)).toEqual({ kind: "connected", session: "s2" });
  });

  it("says that the network is in the way when it never connects, and goes on trying", async () => {
    first = { state: "connecting" };
    lasting.start();
    await vi.advanceTimersByTimeAsync(12_600);
    expect(states.at(-1)).toEqual({ kind: "waiting", cause: "network_blocked" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(opened).toHaveLength(2);
  });

  it("never asks again after a final refusal", async () => {
    failures = [new ApiError(403, "removed", "removed")];
    lasting.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened).toHaveLength(0);
    expect(kinds()).toEqual(["connecting", "refused"]);
  });

  it("never comes back once it is stopped", async () => {
    await connected();
    await lasting.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened).toHaveLength(1);
    expect(connection(0)).toMatchObject({ closed: true, told: true });
    expect(kinds().at(-1)).toBe("stopped");
  });
});
