import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import type { Uplink } from "../client/uplink";
import type { Outgoing } from "../client/whip";
import { Line, type Visiting } from "./line";
import { LOW_PICTURE } from "./low-band";

const { open, watchUplink } = vi.hoisted(() => ({ open: vi.fn(), watchUplink: vi.fn() }));

vi.mock("../client/whip", () => ({ WhipSession: { open } }));
vi.mock("../client/uplink", () => ({ watchUplink }));

const CHOSEN = { video: null, audio: null, maxBitrate: 2_500_000 } as const;
const TARGET = { endpoint: "/api/calls/whip/guest1", token: "t", instance: "i" };
const LOSSY: Uplink = {
  bitrate: 2_000_000,
  available: null,
  loss: 0.3,
  roundTrip: 50,
  limited: true,
  limitedBy: "bandwidth",
};

describe("Line", () => {
  const outgoing = signal<Outgoing>(CHOSEN);
  let visit: { [name in keyof Visiting]: ReturnType<typeof vi.fn> };
  let session: { id: string; update: ReturnType<typeof vi.fn>; close: ReturnType<typeof vi.fn> };
  let line: Line;

  beforeEach(() => {
    outgoing.value = CHOSEN;
    session = { id: "s1", update: vi.fn(async () => undefined), close: vi.fn(async () => undefined) };
    const peer = { connectionState: "connected", getStats: async () => new Map() };
    open.mockReset().mockImplementation(async () => ({ ...session, peer, hungUp: false }));
    watchUplink.mockReset();
    visit = {
      target: vi.fn(() => TARGET),
      outgoing: vi.fn(() => outgoing.value),
      serverWord: vi.fn(() => "open"),
      requestPlace: vi.fn(async () => undefined),
      onOpen: vi.fn(),
      onRefused: vi.fn(),
    };
    line = new Line(visit as unknown as Visiting);
  });

  afterEach(() => line.stop());

  async function connected(): Promise<void> {
    line.start();
    await vi.waitFor(() => expect(line.link.value).toEqual({ kind: "connected", session: "s1" }));
  }

  function measure(seconds: number): void {
    const measured = watchUplink.mock.calls[0]?.[2] as (uplink: Uplink) => void;
    for (let second = 0; second < seconds; second += 1) measured(LOSSY);
  }

  it("sends what changed while it was being opened, and what changes later", async () => {
    await connected();
    expect(session.update).toHaveBeenLastCalledWith(CHOSEN);
    outgoing.value = { ...CHOSEN, maxBitrate: 800_000 };
    expect(session.update).toHaveBeenLastCalledWith({ ...CHOSEN, maxBitrate: 800_000 });
    expect(line.wanted).toBe(800_000);
  });

  it("sends a smaller picture by a line that loses, says so, and begins well the next time", async () => {
    await connected();
    measure(1);
    expect([line.low.value, line.uplink.value]).toEqual([false, LOSSY]);
    measure(5);
    expect(line.low.value).toBe(true);
    const smaller = { maxBitrate: LOW_PICTURE.bitrate, maxHeight: LOW_PICTURE.height };
    expect(session.update).toHaveBeenLastCalledWith({ ...CHOSEN, ...smaller });
    line.stop();
    expect([line.low.value, line.uplink.value]).toEqual([false, null]);
    await vi.waitFor(() => expect(session.close).toHaveBeenCalledWith(true));
  });

  it("never raises a choice that is smaller still", async () => {
    outgoing.value = { ...CHOSEN, maxBitrate: 200_000 };
    await connected();
    measure(6);
    expect(session.update).toHaveBeenLastCalledWith(
      expect.objectContaining({ maxBitrate: 200_000, maxHeight: LOW_PICTURE.height }),
    );
  });

  it("asks for its place again where control knows nothing of the visit", async () => {
    open.mockRejectedValueOnce(new ApiError(403, "not_joined", "join first"));
    await connected();
    expect(visit.requestPlace).toHaveBeenCalledOnce();
    expect(open).toHaveBeenCalledTimes(2);
  });

  it("tells the visit of a refusal that is final", async () => {
    const refused = new ApiError(409, "seat_taken", "the seat is taken");
    open.mockRejectedValue(refused);
    line.start();
    await vi.waitFor(() => expect(visit.onRefused).toHaveBeenCalledWith(refused));
    expect(visit.requestPlace).not.toHaveBeenCalled();
  });
});
