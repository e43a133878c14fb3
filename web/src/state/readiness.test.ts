import { describe, expect, it } from "vitest";
import type { Readiness } from "../client/types";
import { cannotHear, readinessOf } from "./readiness";
import { guest, session, track } from "./samples";

const telling = (change: Partial<Readiness>): Readiness => ({
  faults: [],
  checked: true,
  hears: "yes",
  limited_by: "none",
  system: "Firefox 128, Linux",
  ...change,
});

describe("readinessOf", () => {
  it("is ready, or the first of what the page says is wrong", () => {
    expect(readinessOf(guest({ readiness: telling({}) }))).toBe("ready");
    expect(readinessOf(guest({ readiness: telling({ faults: ["silent", "dark"] }) }))).toBe("silent");
  });

  it("puts what does not arrive before all that the page believes", () => {
    const sessions = [session({ tracks: [track()] })];
    expect(readinessOf(guest({ sessions, readiness: telling({}) }))).toBe("no_sound");
    expect(readinessOf(guest({ sessions, readiness: telling({ faults: ["dark"] }) }))).toBe("no_sound");
  });

  it("is not told of who has no page, is away, or is not connected", () => {
    const readiness = telling({});
    expect(readinessOf(guest())).toBeNull();
    expect(readinessOf(guest({ readiness, away: true }))).toBeNull();
    expect(readinessOf(guest({ readiness, sessions: [] }))).toBeNull();
    expect(readinessOf(guest({ readiness, sessions: [session({ state: "waiting" })] }))).toBeNull();
  });
});

describe("cannotHear", () => {
  it("is said while the return makes no sound, whatever the reason", () => {
    expect(cannotHear(guest({ readiness: telling({ hears: "blocked" }) }))).toBe(true);
    expect(cannotHear(guest({ readiness: telling({ hears: "nothing" }) }))).toBe(true);
    expect(cannotHear(guest({ readiness: telling({ hears: "yes" }) }))).toBe(false);
  });

  it("is not said where there is no return, or nobody to hear it", () => {
    expect(cannotHear(guest({ readiness: telling({ hears: null }) }))).toBe(false);
    expect(cannotHear(guest({ readiness: telling({ hears: "nothing" }), away: true }))).toBe(false);
    expect(cannotHear(guest())).toBe(false);
  });
});
