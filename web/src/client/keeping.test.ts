import { beforeEach, describe, expect, it } from "vitest";
import { Keeping } from "./keeping";

describe("Keeping", () => {
  beforeEach(() => localStorage.clear());

  it("keeps in the browser", () => {
    expect(new Keeping(() => localStorage).setItem("a", "1")).toBe(true);
    const anew = new Keeping(() => localStorage);
    expect(anew.getItem("a")).toBe("1");
    anew.removeItem("a");
    expect(localStorage.getItem("a")).toBeNull();
  });

  it("keeps what a full browser does not take as long as the page lasts, and not what was there before", () => {
    localStorage.setItem("a", "old");
    let isFull = true;
    const filling = {
      getItem: (key: string) => localStorage.getItem(key),
      setItem: (key: string, value: string) => {
        if (isFull) throw new DOMException("full", "QuotaExceededError");
        localStorage.setItem(key, value);
      },
    } as Storage;
    const kept = new Keeping(() => filling);
    expect([kept.setItem("a", "new"), kept.getItem("a")]).toEqual([false, "new"]);
    isFull = false;
    expect([kept.setItem("a", "newer"), localStorage.getItem("a")]).toEqual([true, "newer"]);
    expect(kept.getItem("a")).toBe("newer");
  });

  it("does without a browser that forbids it", () => {
    const kept = new Keeping(() => {
      throw new DOMException("forbidden", "SecurityError");
    });
    expect(kept.getItem("a")).toBeNull();
    expect([kept.setItem("a", "1"), kept.getItem("a")]).toEqual([false, "1"]);
    kept.removeItem("a");
    expect(kept.getItem("a")).toBeNull();
  });
});
