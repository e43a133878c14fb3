import { describe, expect, it } from "vitest";
import { backstageTexts as norwegian } from "../nb/texts.backstage";
import { backstageTexts as english } from "../texts.backstage";
import { phraseOf, type Refusal, reasonIn, refusal, refusalOf, type Why } from "./command-refusals";

const DETAILS: Partial<Record<Why, string>> = { tooSmall: "640×360", noSuch: "Roof" };
const ALL: Refusal[] = (Object.keys(english.reasons) as Why[]).map((why) => refusal(why, DETAILS[why]));

describe("a refusal", () => {
  it.each(ALL)("goes to control as a phrase, and is known by it: $why", (refused) => {
    expect(phraseOf(refused)).toMatch(/^[a-z].*[a-z0-9]$/i);
    expect(refusalOf(phraseOf(refused))).toEqual(refused);
  });

  it("is said in the language of whoever reads it", () => {
    expect(reasonIn(english.reasons, "the camera gives no more than 640×360")).toBe(
      "the camera gives no more than 640×360",
    );
    expect(reasonIn(norwegian.reasons, "the camera is off")).toBe("kameraet er av");
    expect(reasonIn(norwegian.reasons, "no device is called Roof")).toBe("ingen enhet heter «Roof»");
  });

  it("stays as it is where no page has such words, without a point of its own", () => {
    expect(reasonIn(norwegian.reasons, "I am speaking.")).toBe("I am speaking");
  });

  it("is no longer than control takes it", () => {
    expect(phraseOf(refusal("noSuch", "x".repeat(80)))).toHaveLength(80);
  });
});
