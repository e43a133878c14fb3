import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Commands } from "./commands";
import { TalkOrders } from "./talk-orders";

describe("TalkOrders", () => {
  let asked: boolean[];
  let fails: number;

  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    fails = 0;
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      asked.push((JSON.parse(String(init.body)) as { on: boolean }).on);
      if (fails > 0) {
        fails -= 1;
        throw new TypeError("no network");
      }
      return Response.json({});
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("says a release until it is heard, and says once that it was not", async () => {
    const commands = new Commands();
    const orders = new TalkOrders(commands);
    orders.want("g1");
    await vi.advanceTimersByTimeAsync(0);
    expect(orders.hearing.value).toBe("g1");
    fails = 3;
    orders.want(null);
    await vi.advanceTimersByTimeAsync(500);
    expect(commands.errors.value).toHaveLength(1);
    commands.dismiss(commands.errors.value[0]?.id ?? 0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual([true, false, false, false, false]);
    expect(commands.errors.value).toEqual([]);
  });

  it("has one try under way, however often a button was pressed while control was away", async () => {
    const orders = new TalkOrders(new Commands());
    fails = Number.POSITIVE_INFINITY;
    for (let press = 0; press < 10; press += 1) {
      orders.want("g1");
      await vi.advanceTimersByTimeAsync(10);
      orders.want(null);
      await vi.advanceTimersByTimeAsync(10);
    }
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked.length - before).toBeLessThanOrEqual(7);
    fails = 0;
    await vi.advanceTimersByTimeAsync(6000);
    expect(asked.at(-1)).toBe(false);
  });

  it("says a release once more after a hold that was given up: it may arrive last", async () => {
    const orders = new TalkOrders(new Commands());
    fails = 1;
    orders.want("g1");
    await vi.advanceTimersByTimeAsync(10);
    orders.want(null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual([true, false, false]);
  });

  it("says after a restart of control who is spoken to, and nothing where nobody is", async () => {
    const orders = new TalkOrders(new Commands());
    orders.again();
    orders.want("g1");
    await vi.advanceTimersByTimeAsync(0);
    orders.again();
    expect(orders.hearing.value).toBeNull();
    await vi.advanceTimersByTimeAsync(0);
    expect([orders.hearing.value, asked]).toEqual(["g1", [true, true]]);
  });
});
