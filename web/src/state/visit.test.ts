import { describe, expect, it } from "vitest";
import { Visit } from "./visit";

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

const visit = (kept: Storage, query = ""): Visit => new Visit(kept, new URLSearchParams(query));

describe("Visit", () => {
  it("is the same instance after a reload", () => {
    const kept = storage();
    const before = visit(kept);
    before.leaving();
    expect(visit(kept).instance).toBe(before.instance);
    expect(before.instance).toMatch(/^\d+(-\d+){3}$/);
  });

  it("is another visit after a reload, and for whoever joins anew", () => {
    const kept = storage();
    const page = visit(kept);
    const first = page.visit;
    page.begin();
    const second = page.visit;
    page.leaving();
    expect(new Set([first, second, visit(kept).visit]).size).toBe(3);
    expect(page.visit).toBe(second);
  });

  it("is another instance in a duplicated tab", () => {
    const kept = storage();
    const first = visit(kept);
    expect(visit(kept).instance).not.toBe(first.instance);
  });

  it("takes the link's invite before the one it was given", () => {
    const kept = storage();
    expect(visit(kept).token).toBeNull();
    visit(kept).keepToken("given");
    expect(visit(kept).token).toBe("given");
    expect(visit(kept, "invite=linked").token).toBe("linked");
  });

  it("knows a link without checks", () => {
    expect(visit(storage(), "invite=a&checks=off").skipsChecks).toBe(true);
    expect(visit(storage(), "invite=a").skipsChecks).toBe(false);
  });

  it("forgets a token that it was given, never the link's own", () => {
    const kept = storage();
    visit(kept).keepToken("given");
    expect(visit(kept, "invite=linked").forgetToken()).toBe(false);
    expect(visit(kept).forgetToken()).toBe(true);
    expect(visit(kept).token).toBeNull();
    expect(visit(kept).forgetToken()).toBe(false);
  });

  it("remembers how it was inside until it is out", () => {
    const kept = storage();
    const inside = { name: "Ada", consent: "v1", checking: false, cameraOn: false, muted: true };
    visit(kept).keepInside(inside);
    expect(visit(kept).inside).toEqual(inside);
    visit(kept).keepInside(null);
    expect(visit(kept).inside).toBeNull();
  });
});
