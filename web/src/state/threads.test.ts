import { describe, expect, it } from "vitest";
import { guest, words } from "./samples";
import { threadsOf } from "./threads";

const NOBODY = { guests: new Map() };

describe("threadsOf", () => {
  it("names who is here, and who was and said something", () => {
    const guests = new Map([["g1", guest({ name: "Ada" })]]);
    const said = [words({ guest: "g2", sender: "g2", name: "Bo" }), words({ guest: "g3", sender: null })];
    expect([...threadsOf({ guests }, said, null)]).toEqual([
      ["g1", "Ada"],
      ["g2", "Bo"],
      ["g3", "A guest who has left"],
    ]);
  });

  it("keeps the thread that is open when its guest leaves without a word", () => {
    expect([...threadsOf(NOBODY, [], "g1")]).toEqual([["g1", "A guest who has left"]]);
    expect(threadsOf(NOBODY, [], null).size).toBe(0);
  });
});
