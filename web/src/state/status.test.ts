import { describe, expect, it } from "vitest";
import { ApiError } from "../client/api";
import type { LinkState } from "../client/lasting";
import type { TrackView } from "../client/types";
import { texts } from "../texts";
import { cloudflare, guest, session, track } from "./samples";
import { statusOf } from "./status";

const CONNECTED: LinkState = { kind: "connected", session: "s1" };
const title = (...of: Parameters<typeof statusOf>): string => statusOf(...of).title;
const say = texts.status;

describe("statusOf", () => {
  it("tells a guest in the lobby who sees and hears them", () => {
    expect(statusOf(guest(), CONNECTED, true).detail).toContain("see and hear you");
    expect(statusOf(guest({ mic: "off" }), CONNECTED, true).detail).toContain("not hear you");
    expect(statusOf(guest({ camera: "off" }), CONNECTED, true).detail).toContain("not see you");
    expect(statusOf(guest({ camera: "off", mic: "off" }), CONNECTED, true).detail).toContain("neither");
  });

  it("says heard and seen only of what is at the relay, whatever the page has switched on", () => {
    const picture = track();
    const sound = track({ kind: "audio" });
    const detailOf = (...tracks: TrackView[]): string =>
      statusOf(guest({ sessions: [session({ tracks })] }), CONNECTED, true).detail;
    expect(detailOf(picture, sound)).toContain("see and hear you");
    expect(detailOf(picture)).toContain("see you, but not hear you");
    expect(detailOf(sound)).toContain("hear you, but not see you");
    expect(detailOf(picture, track({ kind: "audio", state: "stalled" }))).toContain("not hear you");
    expect(detailOf(track({ state: "waiting" }), sound)).toContain("not see you");
  });

  it("calls a guest stalled only when neither comes", () => {
    const tracks = [track({ state: "stalled" }), track({ kind: "audio", state: "stalled" })];
    const nothing = guest({ sessions: [session({ state: "stalled", tracks })] });
    expect(title(nothing, CONNECTED, true)).toBe(say.stalled[0]);
    const half = session({ state: "stalled", tracks: [track(), track({ kind: "audio", state: "stalled" })] });
    expect(statusOf(guest({ sessions: [half] }), CONNECTED, true).connected).toBe(true);
  });

  it("names the seat of a seated guest", () => {
    const there = guest({ state: "seated", seat: "guest2", seat_label: "Host" });
    expect(title(there, CONNECTED, true)).toContain("Host");
  });

  it("calls nothing live that the relay has not seen", () => {
    expect(title(guest({ sessions: [] }), CONNECTED, true)).toBe(say.arriving[0]);
    expect(title(guest({ sessions: [session({ state: "waiting" })] }), CONNECTED, true)).toBe(
      say.arriving[0],
    );
    const failing = session({ state: "waiting", cloudflare: cloudflare({ code: "carrier_failed" }) });
    expect(title(guest({ sessions: [failing] }), CONNECTED, true)).toBe(say.carrier[0]);
    const own = cloudflare({ code: "carrier_track_not_ready" });
    const failingHere = session({ state: "waiting", cloudflare: own });
    expect(statusOf(guest({ sessions: [failingHere] }), CONNECTED, true).detail).toContain("another network");
    expect(title(guest({ away: true }), CONNECTED, true)).toBe(say.stalled[0]);
  });

  it("says what is in the way", () => {
    expect(title(guest(), { kind: "waiting", cause: "lost" }, true)).toBe(say.lost[0]);
    expect(title(guest(), { kind: "waiting", cause: "unreachable" }, true)).toBe(say.unreachable[0]);
    expect(title(guest(), { kind: "waiting", cause: "intercepted" }, true)).toBe(say.intercepted[0]);
    expect(title(guest(), { kind: "waiting", cause: "not_ready" }, true)).toBe(say.not_ready[0]);
    expect(title(guest(), { kind: "waiting", cause: "network_blocked" }, true)).toBe(say.networkBlocked[0]);
    expect(title(guest(), { kind: "recovering", session: "s1" }, true)).toBe(say.lost[0]);
    expect(title(guest(), { kind: "connecting", after: "lost" }, true)).toBe(say.lost[0]);
    expect(title(guest(), { kind: "waiting", cause: "carrier" }, true)).toBe(say.carrier[0]);
    expect(title(guest(), { kind: "connecting", after: "carrier" }, true)).toBe(say.carrier[0]);
    expect(title(guest(), { kind: "waiting", cause: "page_failed" }, true)).toBe(say.page_failed[0]);
    const tooLarge = { kind: "waiting", cause: "carrier_too_large" } as const;
    expect(statusOf(guest(), tooLarge, true).detail).toContain("another current browser");
    expect(title(guest(), CONNECTED, false)).toBe(say.noNews[0]);
  });

  it("is only connecting before the first connection and after a refusal", () => {
    expect(title(guest(), { kind: "connecting", after: null }, false)).toBe(say.connecting[0]);
    const error = new ApiError(409, "seat_taken", "taken");
    expect(title(guest(), { kind: "refused", error }, true)).toBe(say.connecting[0]);
  });
});
