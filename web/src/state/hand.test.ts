import { signal } from "@preact/signals";
import { afterEach, expect, it, vi } from "vitest";
import { Hand } from "./hand";
import type { Inside } from "./page";
import { guest } from "./samples";

const inside = (hand_raised: string | null): Inside =>
  ({ kind: "inside", token: "invite", endpoint: "", guest: guest({ id: "g1", hand_raised }) }) as Inside;

afterEach(() => {
  vi.unstubAllGlobals();
});

it("is up when control says so, not when it was pressed", async () => {
  const phase = signal<Inside | null>(inside(null));
  const hand = new Hand(phase);
  vi.stubGlobal("fetch", async () => Response.json({}));
  const turned = hand.turn();
  expect([hand.up.value, hand.wanted.value]).toEqual([false, true]);
  phase.value = inside("2026-03-02T12:00:00Z");
  await turned;
  expect([hand.up.value, hand.wanted.value, hand.failed.value]).toEqual([true, null, false]);
});

it("says that it did not get through", async () => {
  const hand = new Hand(signal<Inside | null>(inside(null)));
  vi.stubGlobal("fetch", async () => Response.json({}, { status: 502 }));
  await hand.turn();
  expect([hand.up.value, hand.wanted.value, hand.failed.value]).toEqual([false, null, true]);
});

it("is done with when the person has read it, or is out", async () => {
  const hand = new Hand(signal<Inside | null>(inside(null)));
  vi.stubGlobal("fetch", async () => Response.json({}, { status: 502 }));
  await hand.turn();
  hand.read();
  expect(hand.failed.value).toBe(false);
  await hand.turn();
  hand.clear();
  expect(hand.failed.value).toBe(false);
});

it("tells nothing of a visit in the next one", async () => {
  const hand = new Hand(signal<Inside | null>(inside(null)));
  const answers: ((answer: Response) => void)[] = [];
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => answers.push(resolve)));
  const first = hand.turn();
  hand.clear();
  expect(hand.wanted.value).toBeNull();
  const second = hand.turn();
  answers[0]?.(Response.json({}, { status: 502 }));
  await first;
  expect([hand.wanted.value, hand.failed.value]).toEqual([true, false]);
  answers[1]?.(Response.json({}, { status: 502 }));
  await second;
  expect([hand.wanted.value, hand.failed.value]).toEqual([null, true]);
});
