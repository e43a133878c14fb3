import { describe, expect, it } from "vitest";
import { errorAt, fieldErrors, ofHundredths } from "./field-errors";

describe("fieldErrors", () => {
  it("takes the fields that control lists", () => {
    const errors = fieldErrors({
      message: "body.slots.0.width: too large",
      fields: [{ at: "body.slots.0.width", message: "too large" }],
    });
    expect(errorAt(errors, "slots.0.width")).toBe("too large");
    expect(errorAt(errors, "slots.0")).toBe("too large");
    expect(errorAt(errors, "slots.1")).toBeUndefined();
  });

  it("finds the field that a sentence begins with", () => {
    const errors = fieldErrors({
      message: "scene.slots[2].rect.height: reaches to 2.5; at most 2",
      fields: [],
    });
    expect(errorAt(errors, "slots.2.height")).toBe("reaches to 2.5; at most 2");
    const ofSource = fieldErrors({ message: "sources[12].crop.right: leaves nothing", fields: [] });
    expect(errorAt(ofSource, "crop.right")).toBe("leaves nothing");
    expect(fieldErrors({ message: "this scene is on program", fields: [] }).size).toBe(0);
  });

  it("speaks of hundredths where the form does", () => {
    expect(ofHundredths("reaches to 2.5; at most 2")).toBe("reaches to 250 %; at most 200 %");
  });
});
