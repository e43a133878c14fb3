import { describe, expect, it } from "vitest";
import type { GuestView, TrackView } from "../client/types";
import { arrivingOf, missingOf, sessionOf } from "./arrival";
import { guest, session, track } from "./samples";

const sound = (change: Partial<TrackView> = {}): TrackView => track({ kind: "audio", ...change });
const sending = (...tracks: TrackView[]): GuestView => guest({ sessions: [session({ tracks })] });

describe("sessionOf", () => {
  it("is the newest open one of its kind", () => {
    const sessions = [
      session({ id: "old", state: "closed" }),
      session({ id: "screen", kind: "screen" }),
      session({ id: "new" }),
    ];
    expect(sessionOf(guest({ sessions }), "camera")?.id).toBe("new");
    expect(sessionOf(guest({ sessions: [] }), "camera")).toBeUndefined();
  });
});

describe("missingOf", () => {
  it("is nothing while both come, and nothing of what is switched off", () => {
    expect(missingOf(sending(track(), sound()))).toBeNull();
    expect(missingOf({ ...sending(track()), mic: "off" })).toBeNull();
    expect(missingOf({ ...sending(sound()), camera: "off" })).toBeNull();
  });

  it("waits until the other part has come for a while", () => {
    expect(missingOf(sending(track({ frames: 10 })))).toBeNull();
    expect(missingOf(sending(track({ frames: 90 })))).toBe("sound");
    expect(missingOf(sending(sound({ frames: 90 })))).toBeNull();
    expect(missingOf(sending(sound({ frames: 200 })))).toBe("picture");
  });

  it("is what has stopped, at once", () => {
    expect(missingOf(sending(track({ frames: 10 }), sound({ state: "stalled" })))).toBe("sound");
    expect(missingOf(sending(track({ state: "stalled" }), sound({ frames: 10 })))).toBe("picture");
  });

  it("is not told of a guest from whom nothing comes at all", () => {
    const stalled = { state: "stalled" } as const;
    expect(missingOf(sending(track(stalled), sound(stalled)))).toBeNull();
    expect(missingOf(guest({ sessions: [] }))).toBeNull();
    expect(missingOf({ ...sending(track()), away: true })).toBeNull();
  });
});

describe("arrivingOf", () => {
  it("also counts a still and silence", () => {
    expect(arrivingOf(session({ tracks: [track({ state: "off" }), sound({ state: "off" })] }))).toBe("both");
    expect(arrivingOf(session({ tracks: [track()] }))).toBe("picture");
    expect(arrivingOf(session({ tracks: [track({ state: "waiting" }), sound()] }))).toBe("sound");
    expect(arrivingOf(session({ tracks: [] }))).toBe("nothing");
    expect(arrivingOf(undefined)).toBe("nothing");
  });
});
