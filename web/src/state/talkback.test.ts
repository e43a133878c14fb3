import { describe, expect, it } from "vitest";
import type { LinkState } from "../client/lasting";
import { ALL } from "../client/talkback";
import { mixerTexts } from "../texts.mixer";
import { talkSays, wantedOf } from "./talkback";

const CONNECTED: LinkState = { kind: "connected", session: "s1" };
const WAITING: LinkState = { kind: "waiting", cause: "lost" };

describe("wantedOf", () => {
  it("is whoever is held, as long as there is a way for the voice", () => {
    expect(wantedOf("g1", CONNECTED)).toBe("g1");
    expect(wantedOf("g1", { kind: "recovering", session: "s1" })).toBe("g1");
    expect(wantedOf(null, CONNECTED)).toBeNull();
    expect(wantedOf("g1", { kind: "connecting", after: null })).toBeNull();
    expect(wantedOf("g1", WAITING)).toBeNull();
  });
});

describe("talkSays", () => {
  it("says that somebody hears only once it is confirmed", () => {
    const says = (
      held: string | null,
      hearing: string | null,
      link: LinkState = CONNECTED,
      isSilent = false,
    ) => talkSays(held, hearing, link, "Ada", isSilent);
    expect(says(null, null)).toBeNull();
    expect(says("g1", null)).toBe("Opening your microphone…");
    expect(says("g1", ALL)).toBe("Opening your microphone…");
    expect(says("g1", "g1")).toBe("Ada hears you. The audience does not.");
    expect(says(ALL, ALL)).toBe("All guests hear you. The audience does not.");
    expect(says("g1", null, WAITING)).toBe("Nobody hears you at the moment. Trying again.");
    expect(says("g1", null, { kind: "waiting", cause: "network_blocked" })).toBe(mixerTexts.talk.blocked);
    expect(says("g1", "g1", CONNECTED, true)).toBe("Nobody hears you: your microphone is silent.");
    expect(says("g1", null, WAITING, true)).toBe("Nobody hears you at the moment. Trying again.");
  });
});
