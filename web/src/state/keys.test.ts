import { describe, expect, it } from "vitest";
import { deskKey, placeOf } from "./keys";

const press = (key: string, more: Partial<Parameters<typeof deskKey>[0]> = {}) => ({
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

describe("placeOf", () => {
  const first = (html: string): Element | null => {
    document.body.innerHTML = html;
    return document.body.querySelector("[data-it]");
  };

  it("tells fields, buttons and the rest", () => {
    expect(placeOf(document.body)).toBe("page");
    expect(placeOf(first("<input type='text' data-it>"))).toBe("typing");
    expect(placeOf(first("<input type='range' data-it>"))).toBe("page");
    expect(placeOf(first("<select data-it></select>"))).toBe("typing");
    expect(placeOf(first("<button><i data-it></i></button>"))).toBe("pressable");
    expect(placeOf(first("<dialog><button data-it></button></dialog>"))).toBe("typing");
  });
});
