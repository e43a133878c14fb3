import { describe, expect, it } from "vitest";
import { cloudflare, guest, session } from "./samples";
import { otherCarrier, wayOf } from "./way";

const pulling = (...tracks: ["audio" | "video", "published" | "waiting" | "pulled" | "failed", number][]) =>
  session({
    carrier: "cloudflare",
    cloudflare: cloudflare({ tracks: tracks.map(([kind, state, retries]) => ({ kind, state, retries })) }),
  });

describe("wayOf", () => {
  it("names the carrier of the session, not of the next one", () => {
    const found = wayOf(guest({ carrier: "cloudflare" }), session({ carrier: "builtin" }));
    expect(found).toEqual({ carrier: "builtin", text: "By the built-in carrier", reason: "" });
    expect(wayOf(guest({ carrier: "cloudflare" }), undefined).text).toBe("By Cloudflare");
  });

  it("says what is waited for and how often it was tried", () => {
    const text = (found: ReturnType<typeof pulling>): string => wayOf(guest(), found).text;
    expect(text(pulling(["audio", "waiting", 2], ["video", "waiting", 3]))).toBe(
      "By Cloudflare: waiting for sound and picture, tried 3 times",
    );
    expect(text(pulling(["audio", "waiting", 1], ["video", "pulled", 3]))).toBe(
      "By Cloudflare: waiting for sound, tried once",
    );
    expect(text(pulling(["video", "published", 0]))).toBe("By Cloudflare: waiting for picture");
    expect(text(pulling(["audio", "pulled", 4], ["video", "pulled", 0]))).toBe("By Cloudflare");
  });

  it("gives Cloudflare's words and our hint where it fails", () => {
    const failed = cloudflare({ code: "carrier_failed", reason: "no track came", hint: "switch the guest" });
    expect(wayOf(guest(), session({ carrier: "cloudflare", cloudflare: failed })).reason).toBe(
      "No track came. Switch the guest.",
    );
  });

  it("tells why the last try failed while there is no session", () => {
    const trouble = { code: "carrier_refused", message: "no such app", hint: "Look at app_id.", at: "" };
    expect(wayOf(guest({ trouble, sessions: [] }), undefined).reason).toBe("No such app. Look at app_id.");
  });
});

describe("otherCarrier", () => {
  it("is there only where two are set up", () => {
    expect(otherCarrier(["builtin", "cloudflare"], "builtin")).toBe("cloudflare");
    expect(otherCarrier(["builtin", "cloudflare"], "cloudflare")).toBe("builtin");
    expect(otherCarrier(["builtin"], "builtin")).toBeUndefined();
    expect(otherCarrier(["builtin"], "cloudflare")).toBe("builtin");
  });
});
