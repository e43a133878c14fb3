import { describe, expect, it } from "vitest";
import type { LinkState } from "../client/lasting";
import { ALL } from "../client/talkback";
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
    expect(talkSays(null, null, CONNECTED, "")).toBeNull();
    expect(talkSays("g1", null, CONNECTED, "Ada")).toBe("Opening your microphone…");
    expect(talkSays("g1", ALL, CONNECTED, "Ada")).toBe("Opening your microphone…");
    expect(talkSays("g1", "g1", CONNECTED, "Ada")).toBe("Ada hears you. The audience does not.");
    expect(talkSays(ALL, ALL, CONNECTED, "")).toBe("All guests hear you. The audience does not.");
    expect(talkSays("g1", null, WAITING, "Ada")).toBe("Nobody hears you at the moment. Trying again.");
  });
});
