import { describe, expect, it } from "vitest";
import { isChoice, isLetGo, placeOf } from "./places";

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
    expect(placeOf(first("<input type='checkbox' data-it>"))).toBe("pressable");
    expect(placeOf(first("<input type='radio' data-it>"))).toBe("pressable");
    expect(placeOf(first("<dialog><input type='checkbox' data-it></dialog>"))).toBe("typing");
    expect(placeOf(first("<button><i data-it></i></button>"))).toBe("pressable");
    expect(placeOf(first("<dialog><button data-it></button></dialog>"))).toBe("typing");
  });

  it("tells which buttons let the focus go once a pointer has pressed them", () => {
    const isFree = (html: string): boolean => isLetGo(first(html) as Element);
    expect(isFree("<article class='tile'><button data-it></button></article>")).toBe(true);
    expect(isFree("<form><button data-it></button></form>")).toBe(false);
    expect(isFree("<dialog><button data-it></button></dialog>")).toBe(false);
    expect(isFree("<input data-it>")).toBe(false);
    expect(isFree("<select data-it></select>")).toBe(false);
  });

  it("tells what is chosen at once from what a form waits for", () => {
    const is = (html: string): boolean => isChoice(first(html) as Element);
    expect(is("<select data-it></select>")).toBe(true);
    expect(is("<input type='checkbox' data-it>")).toBe(true);
    expect(is("<form><select data-it></select></form>")).toBe(false);
    expect(is("<dialog><input type='radio' data-it></dialog>")).toBe(false);
    expect(is("<input data-it>")).toBe(false);
  });
});
