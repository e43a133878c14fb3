import { describe, expect, it } from "vitest";
import { ApiError } from "../client/api";
import { errorAt, type FieldErrors, fieldErrors, ofHundredths } from "./field-errors";

const refusedWith = (message: string): FieldErrors => fieldErrors(new ApiError(422, "bad_value", message));

describe("fieldErrors", () => {
  it("takes the fields that control lists", () => {
    const refused = new ApiError(422, "invalid", "body.slots.0.width: too large");
    refused.fields = [{ at: "body.slots.0.width", message: "too large", rule: "", values: {} }];
    const errors = fieldErrors(refused);
    expect(errorAt(errors, "slots.0.width")).toBe("too large");
    expect(errorAt(errors, "slots.0")).toBe("too large");
    expect(errorAt(errors, "slots.1")).toBeUndefined();
  });

  it("finds the field that a sentence begins with", () => {
    const errors = refusedWith("scene.slots[2].rect.height: reaches to 2.5; at most 2");
    expect(errorAt(errors, "slots.2.height")).toBe("reaches to 2.5; at most 2");
    const ofSource = refusedWith("sources[12].crop.right: leaves nothing");
    expect(errorAt(ofSource, "crop.right")).toBe("leaves nothing");
    expect(refusedWith("this scene is on program").size).toBe(0);
  });

  it("speaks of hundredths where the form does", () => {
    expect(ofHundredths("reaches to 2.5; at most 2")).toBe("reaches to 250 %; at most 200 %");
    expect(ofHundredths("is not a number from -1 to 0,333")).toBe("is not a number from -100 % to 33.3 %");
  });
});
