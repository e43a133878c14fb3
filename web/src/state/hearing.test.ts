import { describe, expect, it } from "vitest";
import type { GuestView } from "../client/types";
import { hearsLine, othersSay, speakersTo } from "./hearing";
import { guest } from "./samples";

type Hears = NonNullable<GuestView["hears"]>;
const hears = (carries: Hears["carries"], ...talkbacks: string[]): Pick<GuestView, "hears"> => ({
  hears: { name: "guest1", carries, talkbacks },
});

describe("what a guest hears", () => {
  it("is said as the mixer confirms it, and not at all where it has not", () => {
    expect(hearsLine(hears("program"), "desk-me")).toBe("Hears: program without themselves");
    expect(hearsLine(hears("outside"), "desk-me")).toBe("Hears: the other program");
    expect(hearsLine(hears("nothing"), "desk-me")).toBe("Hears: silence");
    expect(hearsLine({ hears: null }, "desk-me")).toBeNull();
  });

  it("names who speaks: this page, another one, or a name of their own", () => {
    expect(hearsLine(hears("program", "desk-me"), "desk-me")).toBe(
      "Hears: your talkback + program without themselves",
    );
    expect(hearsLine(hears("nothing", "anna"), "desk-me")).toBe("Hears: talkback of anna");
    expect(speakersTo(hears("program", "desk-a", "desk-b"), "desk-me")).toEqual(["another operator"]);
  });

  it("tells of what others say, and to whom", () => {
    const desk = (...guests: GuestView[]) =>
      ({ guests: new Map(guests.map((each) => [each.id, each])) }) as unknown as Parameters<
        typeof othersSay
      >[0];
    const ada = guest({ id: "a", name: "Ada", ...hears("program", "desk-other") });
    const own = guest({ id: "b", name: "Bea", ...hears("program", "desk-me") });
    expect(othersSay(desk(ada, own), "desk-me")).toBe("Talkback to Ada: another operator");
    expect(othersSay(desk(own), "desk-me")).toBeNull();
  });
});
