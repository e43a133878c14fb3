import { describe, expect, it } from "vitest";
import { Reach } from "./reach";

describe("Reach", () => {
  it("is blocked from when something comes by HTTP until something connects by WebRTC", () => {
    const reach = new Reach();
    reach.takes(false);
    expect(reach.isBlocked.value).toBe(false);
    reach.plays();
    expect(reach.isBlocked.value).toBe(true);
    const end = reach.connects();
    expect(reach.isBlocked.value).toBe(false);
    reach.plays();
    expect(reach.isBlocked.value).toBe(false);
    end();
    reach.plays();
    expect(reach.isBlocked.value).toBe(true);
  });

  it("knows nothing once nobody tries any more", () => {
    const reach = new Reach();
    const ends = [reach.takes(false), reach.takes(true)];
    reach.plays();
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
    reach.plays();
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
