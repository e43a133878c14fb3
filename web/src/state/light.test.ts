import { expect, test } from "vitest";
import { isOnAir, lightOf } from "./light";

test.each([
  ["program", true, "program"],
  ["program", false, "unheard"],
  ["program", null, "program"],
  ["off", null, "off"],
  ["preview", true, "heard"],
  ["off", true, "heard"],
  ["preview", false, "preview"],
  ["off", false, "off"],
  ["unknown", false, "unknown"],
] as const)("%s, heard %s: %s", (tally, heard, light) => {
  expect(lightOf({ tally, heard })).toBe(light);
  expect(isOnAir({ tally, heard })).toBe(["program", "heard", "unheard"].includes(light));
});
