import { describe, expect, it } from "vitest";
import { ApiError } from "../client/api";
import { isFinal, refusalOf, wantsNewJoin } from "./refusals";

const error = (status: number, code: string, retryable?: boolean): ApiError =>
  new ApiError(status, code, code, "", retryable);

describe("refusals", () => {
  it.each(["opened_elsewhere", "seat_taken", "invite_expired", "removed"])(
    "leaves %s to a person",
    (code) => {
      expect(isFinal(error(409, code))).toBe(true);
      expect(wantsNewJoin(error(409, code))).toBe(false);
    },
  );

  it("tries again what may pass by itself", () => {
    for (const passing of [error(0, "unreachable"), error(503, "unavailable"), error(404, "not_found")])
      expect(isFinal(passing)).toBe(false);
    expect(isFinal(error(429, "slow_down"))).toBe(false);
    expect(isFinal(error(409, "conflict", true))).toBe(false);
    expect(isFinal(error(422, "invalid"))).toBe(true);
  });

  it.each([401, 403, 404, 422])("lets no proxy end a visit by a %s", (status) => {
    expect(isFinal(error(status, `http_${status}`, false))).toBe(false);
    expect(wantsNewJoin(error(status, `http_${status}`))).toBe(false);
  });

  it("tells a proxy's no from the studio's", () => {
    expect(refusalOf(error(403, "http_403")).code).toBe("intercepted");
    expect(refusalOf(error(0, "bad_answer")).code).toBe("intercepted");
    expect(refusalOf(error(502, "http_502")).code).toBe("unavailable");
    expect(refusalOf(error(409, "seat_taken"))).toEqual({ code: "seat_taken", message: "seat_taken" });
  });

  it("waits for the operator to switch the carrier", () => {
    expect(isFinal(error(409, "carrier_unconfigured", false))).toBe(false);
    expect(isFinal(error(502, "carrier_refused", false))).toBe(false);
  });

  it("joins anew when the server knows nothing of the visit", () => {
    expect(wantsNewJoin(error(409, "not_joined"))).toBe(true);
    expect(wantsNewJoin(error(404, "guest_unknown"))).toBe(true);
    expect(wantsNewJoin(error(503, "unavailable"))).toBe(false);
    expect(wantsNewJoin(error(406, "no_common_codec"))).toBe(false);
  });
});
