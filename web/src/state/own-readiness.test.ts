import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LimitedBy, Uplink } from "../client/uplink";
import { bad, type Findings, GOOD } from "./checks";
import { Media } from "./media";
import { faultsOf, hearsOf, OwnReadiness, type Seen } from "./own-readiness";

const WELL: Seen = {
  muted: false,
  microphoneFault: false,
  silent: false,
  spoke: false,
  cameraOn: true,
  cameraFault: false,
  low: false,
};
const PASSED: Findings = {
  camera: GOOD,
  light: GOOD,
  microphone: GOOD,
  speaker: GOOD,
  echo: GOOD,
  line: GOOD,
};

describe("faultsOf", () => {
  it("names what is wrong now, the gravest first, then what stays of the check", () => {
    const findings = { ...PASSED, light: bad("dark"), line: bad("lossy") };
    expect(faultsOf(WELL, PASSED)).toEqual([]);
    expect(faultsOf({ ...WELL, low: true, cameraOn: false }, findings)).toEqual([
      "camera_off",
      "low_band",
      "lossy",
      "dark",
    ]);
    expect(faultsOf({ ...WELL, muted: true, silent: true }, PASSED)).toEqual(["muted"]);
    expect(faultsOf({ ...WELL, microphoneFault: true, cameraFault: true }, PASSED)).toEqual([
      "microphone_fault",
      "camera_fault",
    ]);
  });

  it("forgets of the check what is seen to be mended", () => {
    const findings = {
      ...PASSED,
      camera: bad("camera_off"),
      microphone: bad("silent"),
      line: bad("no_line"),
    };
    expect(faultsOf(WELL, findings)).toEqual(["silent"]);
    expect(faultsOf({ ...WELL, spoke: true }, findings)).toEqual([]);
  });
});

describe("hearsOf", () => {
  it("takes a sound that comes, plays and is not turned down", () => {
    expect(hearsOf(true, false, 0.5)).toBe("yes");
    expect(hearsOf(true, true, 0.5)).toBe("blocked");
    expect(hearsOf(false, false, 0.5)).toBe("nothing");
    expect(hearsOf(true, false, 0)).toBe("nothing");
  });
});

describe("OwnReadiness", () => {
  const uplink = signal<Uplink | null>(null);
  let own = new OwnReadiness(new Media(), { low: signal(false), uplink }, "Firefox 128, Linux");

  const seconds = (count: number, limitedBy: LimitedBy): void => {
    for (let second = 0; second < count; second++)
      uplink.value = { bitrate: 1, available: null, loss: 0, roundTrip: null, limited: false, limitedBy };
  };

  beforeEach(() => {
    vi.useFakeTimers();
    uplink.value = null;
    own = new OwnReadiness(new Media(), { low: signal(false), uplink }, "Firefox 128, Linux");
  });
  afterEach(() => void vi.useRealTimers());

  it("tells what the check found, and the machine", () => {
    expect(own.value.value).toMatchObject({ checked: false, system: "Firefox 128, Linux" });
    own.findings.value = { ...PASSED, echo: bad("echo") };
    expect(own.value.value).toMatchObject({ checked: true, faults: ["echo"] });
  });

  it("tells that nothing is heard only once it has lasted", () => {
    own.hear("yes");
    own.hear("nothing");
    vi.advanceTimersByTime(2000);
    expect(own.value.value.hears).toBe("yes");
    own.hear("yes");
    own.hear("nothing");
    vi.advanceTimersByTime(2000);
    expect(own.value.value.hears).toBe("yes");
    vi.advanceTimersByTime(2000);
    expect(own.value.value.hears).toBe("nothing");
    own.hear("blocked");
    expect(own.value.value.hears).toBe("blocked");
    own.hear("nothing");
    own.hear(null);
    vi.advanceTimersByTime(9000);
    expect(own.value.value.hears).toBeNull();
  });

  it("tells what limits the picture only once the browser has stayed with it", () => {
    seconds(4, "cpu");
    expect(own.value.value.limited_by).toBeNull();
    seconds(1, "cpu");
    expect(own.value.value.limited_by).toBe("cpu");
    seconds(4, "none");
    seconds(1, "cpu");
    seconds(4, "none");
    expect(own.value.value.limited_by).toBe("cpu");
    uplink.value = null;
    expect(own.value.value.limited_by).toBeNull();
  });
});
