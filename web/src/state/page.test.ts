import { describe, expect, it } from "vitest";
import type { Joined, JoinInfo } from "../client/types";
import { type Action, type Phase, START, step } from "./page";
import { guest } from "./samples";

const info: JoinInfo = {
  production: "Show",
  notice: "",
  notice_version: "v1",
  usual_notice: false,
  open: false,
  invite: null,
  guest: null,
  max_bitrate: 6_000_000,
  records: false,
  streams: true,
  returns: true,
};

const joined: Joined = { guest: guest(), token: "token", endpoint: "/api/calls/whip/g1" };

const after = (...actions: Action[]): Phase => actions.reduce(step, START);

const refused = (code: string): Action => ({ type: "refused", refusal: { code, message: "no" } });

const INSIDE: Action[] = [{ type: "loaded", info }, { type: "join" }, { type: "joined", joined }];

describe("step", () => {
  it("goes from the link to the inside", () => {
    expect(after(...INSIDE)).toMatchObject({ kind: "inside", token: "token", guest: { id: "g1" } });
  });

  it("keeps waiting for a server that is away, and gives up on a link that is not known", () => {
    const failed = (code: string, retryable: boolean): Action => ({ type: "load_failed", code, retryable });
    expect(after(failed("unreachable", true))).toEqual({ kind: "loading", trouble: "unreachable" });
    expect(after(failed("intercepted", true))).toEqual({ kind: "loading", trouble: "intercepted" });
    expect(after(failed("invite_unknown", false))).toEqual({ kind: "refused", code: "invite_unknown" });
  });

  it.each([
    ["opened_elsewhere", "occupied"],
    ["seat_taken", "ready"],
    ["invite_unknown", "refused"],
    ["removed", "ended"],
    ["invite_expired", "ended"],
  ])("answers a join that is refused as %s with %s", (code, kind) => {
    expect(after({ type: "loaded", info }, { type: "join" }, refused(code)).kind).toBe(kind);
  });

  it("shows why the seat was refused, in the form", () => {
    const phase = after({ type: "loaded", info }, { type: "join" }, refused("seat_taken"));
    expect(phase).toMatchObject({ problem: { code: "seat_taken" } });
  });

  it.each(["left", "removed", "expired", "opened_elsewhere"] as const)("ends with %s", (reason) => {
    expect(after(...INSIDE, { type: "ended", reason })).toMatchObject({ kind: "ended", reason });
  });

  it("ends when the guest's own state says so", () => {
    const gone = after(...INSIDE, { type: "guest", guest: guest({ state: "removed" }) });
    expect(gone).toMatchObject({ kind: "ended", reason: "removed" });
  });

  it("stays out when the link was opened elsewhere meanwhile", () => {
    expect(after(...INSIDE, refused("opened_elsewhere"))).toMatchObject({
      kind: "ended",
      reason: "opened_elsewhere",
    });
  });

  it("hears nothing more after an ending", () => {
    const ended = after(...INSIDE, { type: "ended", reason: "left" });
    expect(step(ended, { type: "guest", guest: guest() })).toBe(ended);
    expect(step(ended, { type: "joined", joined })).toBe(ended);
  });

  it("takes a person back to the form", () => {
    expect(after(...INSIDE, { type: "ended", reason: "left" }, { type: "back" })).toMatchObject({
      kind: "ready",
      problem: null,
    });
  });
});
