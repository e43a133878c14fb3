import { describe, expect, it } from "vitest";
import { ApiError } from "../client/api";
import { isWithoutUdp, Reach } from "./reach";

describe("Reach", () => {
  it("is blocked from when a session without UDP has its picture by HTTP until something connects by WebRTC", () => {
    const reach = new Reach();
    reach.takes(false);
    expect(reach.isBlocked.value).toBe(false);
    reach.plays(true);
    expect(reach.isBlocked.value).toBe(true);
    const end = reach.connects();
    expect(reach.isBlocked.value).toBe(false);
    reach.plays(true);
    expect(reach.isBlocked.value).toBe(false);
    end();
    reach.plays(true);
    expect(reach.isBlocked.value).toBe(true);
  });

  it("is not blocked where something plays by HTTP for another reason, such as a codec", () => {
    const reach = new Reach();
    reach.takes(true);
    reach.plays(false);
    expect(reach.isBlocked.value).toBe(false);
  });

  it("knows nothing once nobody tries any more", () => {
    const reach = new Reach();
    const ends = [reach.takes(false), reach.takes(true)];
    reach.plays(true);
    ends[0]?.();
    expect(reach.isBlocked.value).toBe(true);
    ends[1]?.();
    expect(reach.isBlocked.value).toBe(false);
  });

  it("leaves connections to what a hand does: the more goes by HTTP, the fewer guests are looked at", () => {
    const reach = new Reach();
    expect(reach.mostLooks.value).toBe(4);
    const multiview = reach.takes(false);
    reach.takes(true);
    expect(reach.mostLooks.value).toBe(4);
    reach.plays(false);
    expect(reach.mostLooks.value).toBe(3);
    reach.takes(false);
    reach.takes(false);
    reach.takes(false);
    expect(reach.mostLooks.value).toBe(1);
    multiview();
    reach.connects();
    expect(reach.mostLooks.value).toBe(4);
  });
});

it.each([
  ["waits for want of UDP", { kind: "waiting", cause: "network_blocked" }, true],
  ["is tried again after that", { kind: "connecting", after: "network_blocked" }, true],
  ["is tried for the first time", { kind: "connecting", after: null }, false],
  ["waits for something else", { kind: "waiting", cause: "not_ready" }, false],
  ["is refused", { kind: "refused", error: new ApiError(406, "no_common_codec", "") }, false],
] as const)("a session that %s: without UDP or not", (_, link, expected) => {
  expect(isWithoutUdp(link)).toBe(expected);
});
