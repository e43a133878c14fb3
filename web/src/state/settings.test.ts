import { describe, expect, it } from "vitest";
import { presetOf } from "./presets";
import { DEFAULTS, parseSettings } from "./settings";

describe("parseSettings", () => {
  it("falls back to defaults for nothing, for nonsense and for what does not fit", () => {
    expect(parseSettings(null)).toEqual(DEFAULTS);
    expect(parseSettings("{not json")).toEqual(DEFAULTS);
    expect(parseSettings('{"name": 7, "camera": 1, "unknown": true}')).toEqual(DEFAULTS);
  });

  it("keeps what fits", () => {
    expect(parseSettings('{"name": "Ada", "camera": "front", "noiseSuppression": false}')).toEqual({
      ...DEFAULTS,
      name: "Ada",
      camera: "front",
      noiseSuppression: false,
    });
  });
});

describe("presetOf", () => {
  it("falls back to 720p for what it does not know", () => {
    expect(presetOf("1080p").height).toBe(1080);
    expect(presetOf("8k").id).toBe("720p");
  });
});
