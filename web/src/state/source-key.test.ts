import { describe, expect, it } from "vitest";
import { ApiError } from "../client/api";
import { fieldErrors } from "./field-errors";
import { isSameKey, type Key, keyOfKind, refusedOfKey } from "./source-key";

const BLUE: Key = { kind: "chroma", color: "#0000ff", tolerance: 0.4, softness: 0, spill: 1 };

describe("keyOfKind", () => {
  it("keeps what was set while the kind stays", () => {
    expect(keyOfKind(BLUE, "chroma")).toBe(BLUE);
  });

  it("begins another kind as it usually is", () => {
    expect(keyOfKind(BLUE, "luma")).toEqual({ kind: "luma", low: 0.05, high: 0.15, invert: false });
    expect(keyOfKind(null, "chroma")).toMatchObject({ kind: "chroma", color: "#00b140" });
  });

  it("takes it away", () => {
    expect(keyOfKind(BLUE, "none")).toBeNull();
  });
});

describe("isSameKey", () => {
  it("looks at what they are, not at how they are written", () => {
    expect(isSameKey({ tolerance: 0.4, softness: 0, spill: 1, color: "#0000FF", kind: "chroma" }, BLUE)).toBe(
      true,
    );
    expect([isSameKey(null, null), isSameKey(BLUE, null), isSameKey(BLUE, { ...BLUE, spill: 0 })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("refusedOfKey", () => {
  it("finds what the body's own check refuses", () => {
    const refused = new ApiError(422, "invalid", "");
    refused.fields = [{ at: "body.key.chroma.tolerance", message: "is too large", rule: "", values: {} }];
    expect(refusedOfKey(fieldErrors(refused), "tolerance")).toBe("is too large");
  });

  it("finds what is refused of all sources together, and nothing of other fields", () => {
    const why = "sources[3].key.low: is above high, which is 0.1";
    const errors = fieldErrors(new ApiError(422, "bad_value", why));
    expect(refusedOfKey(errors, "low")).toBe("is above high, which is 0.1");
    expect(refusedOfKey(errors, "high")).toBeUndefined();
    const odd = new ApiError(422, "bad_value", "sources[3].low: is odd");
    expect(refusedOfKey(fieldErrors(odd), "low")).toBeUndefined();
  });
});
