import { describe, expect, it } from "vitest";
import { bind, bound, isHeldWith, parseBindings, USUAL } from "./bindings";
import { deskKey as keyOf, stepKey } from "./keys";

const deskKey = (made: Parameters<typeof keyOf>[0], place: Parameters<typeof keyOf>[1], bindings = USUAL) =>
  keyOf(made, place, bindings);

const press = (key: string, more: Partial<Parameters<typeof keyOf>[0]> = {}) => ({
  key,
  code: "",
  repeat: false,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});

describe("deskKey", () => {
  it("knows its keys", () => {
    expect(deskKey(press("3", { code: "Digit3" }), "page")).toEqual({ do: "preview", number: 3 });
    expect(deskKey(press("#", { code: "Digit3", shiftKey: true }), "page")).toEqual({ do: "cut", number: 3 });
    expect(deskKey(press(" "), "page")).toEqual({ do: "take" });
    expect(deskKey(press("Enter"), "page")).toEqual({ do: "auto" });
    expect(deskKey(press("F"), "page")).toEqual({ do: "fade" });
    expect(deskKey(press("?", { shiftKey: true }), "page")).toEqual({ do: "help" });
    expect(deskKey(press("m"), "page")).toEqual({ do: "mute" });
    expect(deskKey(press("x"), "page")).toBeNull();
  });

  it("leaves to a button what presses it, and to a field everything", () => {
    expect(deskKey(press(" "), "pressable")).toBeNull();
    expect(deskKey(press("Enter"), "pressable")).toBeNull();
    expect(deskKey(press("1", { code: "Digit1" }), "pressable")).not.toBeNull();
    expect(deskKey(press("f"), "typing")).toBeNull();
  });

  it("takes no shortcut of the browser's, and a held key once", () => {
    expect(deskKey(press("f", { ctrlKey: true }), "page")).toBeNull();
    expect(deskKey(press(" ", { repeat: true }), "page")).toBeNull();
  });
});

describe("stepKey", () => {
  it("goes back and forward by the keys that everybody knows", () => {
    expect(stepKey(press("z", { ctrlKey: true }))).toBe("undo");
    expect(stepKey(press("z", { metaKey: true }))).toBe("undo");
    expect(stepKey(press("Z", { ctrlKey: true, shiftKey: true }))).toBe("redo");
    expect(stepKey(press("y", { ctrlKey: true }))).toBe("redo");
  });

  it("means nothing else", () => {
    expect(stepKey(press("z"))).toBeNull();
    expect(stepKey(press("z", { ctrlKey: true, altKey: true }))).toBeNull();
    expect(stepKey(press("z", { ctrlKey: true, metaKey: true }))).toBeNull();
    expect(stepKey(press("y", { metaKey: true }))).toBeNull();
  });
});

describe("the operator's own keys", () => {
  it("are taken where they are free, and refused for a reason", () => {
    const own = bound(USUAL, "fade", "B");
    expect(own).toEqual({ ...USUAL, fade: "b" });
    expect(deskKey(press("b"), "page", { ...USUAL, fade: "b" })).toEqual({ do: "fade" });
    expect(deskKey(press("f"), "page", { ...USUAL, fade: "b" })).toBeNull();
    expect(bound(USUAL, "fade", "m")).toEqual({ why: "taken", by: "mute" });
    expect(bound(USUAL, "fade", "7")).toEqual({ why: "taken", by: 7 });
    expect(bound(USUAL, "fade", "Tab")).toEqual({ why: "browser" });
  });

  it("are the scenes' too, with Shift for a cut, and a digit that is left is free", () => {
    const own = { ...USUAL, 3: "q" };
    expect(bound(USUAL, 3, "Q")).toEqual(own);
    expect(deskKey(press("q"), "page", own)).toEqual({ do: "preview", number: 3 });
    expect(deskKey(press("Q", { shiftKey: true }), "page", own)).toEqual({ do: "cut", number: 3 });
    expect(deskKey(press("3", { code: "Digit3" }), "page", own)).toBeNull();
    expect(bound(own, "take", "#", "Digit3")).toEqual({ ...own, take: "3" });
    expect(bound(USUAL, 3, "m")).toEqual({ why: "taken", by: "mute" });
    expect(bound(USUAL, 3, "é", "Digit2")).toEqual({ why: "taken", by: 2 });
    expect(bound(USUAL, 3, "+")).toEqual({ why: "shift" });
    expect(parseBindings(JSON.stringify(own))).toEqual(own);
  });

  it.each(["ß", "ı", "İ", "ŉ"])(
    "have no cut to a scene at %s, which Shift makes another key of",
    (letter) => {
      expect(bound(USUAL, 3, letter)).toEqual({ why: "shift" });
      expect(parseBindings(JSON.stringify({ ...USUAL, 3: letter }))).toEqual(USUAL);
      expect(bound(USUAL, "fade", letter)).not.toHaveProperty("why");
    },
  );

  it.each(["å", "é", "ы"])("may be %s", (letter) => {
    expect(bound(USUAL, 3, letter.toUpperCase())).toEqual({ ...USUAL, 3: letter });
  });

  it("may need Shift, and are never those that cut to a scene", () => {
    expect(["Shift", "Control", "AltGraph"].every(isHeldWith)).toBe(true);
    expect(isHeldWith("!")).toBe(false);
    expect(bound(USUAL, "fade", "*", "BracketRight")).toEqual({ ...USUAL, fade: "*" });
    expect(bound(USUAL, "fade", "#", "Digit3")).toEqual({ why: "taken", by: 3 });
    expect(bound(USUAL, "fade", "é", "Digit2")).toEqual({ why: "taken", by: 2 });
    expect(bind("fade", press("b", { ctrlKey: true }))).toEqual({ why: "browser" });
  });

  it("are read back from the browser, and left as usual where they cannot be", () => {
    expect(parseBindings('{"fade": "b", "gone": "x"}')).toEqual({ ...USUAL, fade: "b" });
    expect(parseBindings('{"fade": "m"}')).toEqual(USUAL);
    expect(parseBindings("no JSON")).toEqual(USUAL);
  });
});
