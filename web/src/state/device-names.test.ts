import { describe, expect, it } from "vitest";
import { meantOf, numbered } from "./device-names";

describe("numbered", () => {
  it("gives each device a name of its own", () => {
    expect(numbered(["Cam", "cam ", "Desk", "Cam"])).toEqual(["Cam", "cam (2)", "Desk", "Cam (3)"]);
    expect(numbered(["Cam", "Cam", "Cam (2)"])).toEqual(["Cam", "Cam (2)", "Cam (2) (2)"]);
  });

  it("names nothing that has no name", () => {
    expect(numbered(["", ""])).toEqual(["", ""]);
  });
});

describe("meantOf", () => {
  const devices = { names: ["Desk", "Roof"], now: "Roof" };

  it("is what was chosen, as long as it is there", () => {
    expect(meantOf(devices, "Desk")).toBe("Desk");
    expect(meantOf(devices, "Unplugged")).toBe("Roof");
    expect(meantOf(devices, null)).toBe("Roof");
  });

  it("is the first where nothing is said to be in use, and nothing where there is none", () => {
    expect(meantOf({ ...devices, now: "" }, null)).toBe("Desk");
    expect(meantOf({ names: [], now: "" }, "Desk")).toBe("");
  });
});
