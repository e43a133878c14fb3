import { describe, expect, it } from "vitest";
import { texts } from "../texts";
import { pictureState, returnPath, studioSays, withoutPicture } from "./studio";

const say = texts.guest.studio;

describe("what comes from the studio", () => {
  it("has a path of the seat's, or of the guest's in the lobby", () => {
    expect(returnPath({ id: "g_1", seat: "guest1" })).toBe("return-guest1");
    expect(returnPath({ id: "g_1", seat: null })).toBe("return-lobby-g_1");
  });

  it("is waited for at first, and said to be missing after a failure", () => {
    expect(studioSays({ kind: "connecting", after: null }, true, "none")).toBe(say.opening);
    expect(studioSays({ kind: "waiting", cause: "not_ready" }, true, "none")).toBe(say.nothing);
    expect(studioSays({ kind: "connecting", after: "not_ready" }, true, "none")).toBe(say.nothing);
  });

  it("needs no words while it comes and moves", () => {
    const link = { kind: "connected", session: "s" } as const;
    expect(studioSays(link, true, "moves")).toBeNull();
    expect(studioSays(link, true, "still")).toBe(say.still);
    expect(studioSays(link, true, "missing")).toBe(say.missing);
    expect(studioSays(link, true, "none")).toBeNull();
    expect(studioSays(link, false, "missing")).toBe(say.nothing);
  });

  it("says why there is no picture", () => {
    const said = (
      return_picture: "program" | "outside" | "none",
      wished: boolean,
      soundFirst: boolean,
    ): string | null => withoutPicture(pictureState({ return_picture }, wished, soundFirst));
    expect(said("program", true, false)).toBeNull();
    expect(said("outside", true, false)).toBeNull();
    expect(said("program", true, true)).toBe(say.soundFirst);
    expect(said("program", false, true)).toBe(say.soundOnly);
    expect(said("none", true, false)).toBe(say.noPicture);
  });
});
