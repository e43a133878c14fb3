import { signal } from "@preact/signals";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, deskApi } from "../client/api";
import type { InviteRequest, InviteView } from "../client/types";
import { Commands } from "./commands";
import { asText, followInvites, Invitations } from "./invitations";

const link = (id: string, seat: string): InviteView => ({ id, seat, url: `https://a/${id}` }) as InviteView;
const wish = (seat: string): InviteRequest => ({ seat }) as InviteRequest;

/** A server with these links. */
function server(...links: InviteView[]) {
  let kept = links;
  const made = vi.spyOn(deskApi, "invite").mockImplementation(async ({ seat }) => {
    if (seat === "full") throw new ApiError(422, "invalid", "seat: is taken");
    const invite = link(`i${kept.length}`, seat ?? "");
    kept = [...kept, invite];
    return invite;
  });
  const read = vi.spyOn(deskApi, "invites").mockImplementation(async () => ({ invites: kept }));
  vi.spyOn(deskApi, "revoke").mockImplementation(async (id) => {
    kept = kept.filter((each) => each.id !== id);
  });
  return { made, read };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("Invitations", () => {
  it("makes a link for each seat in one go, and keeps what was made where one is refused", async () => {
    server();
    const invitations = new Invitations(new Commands());
    await invitations.make([wish("guest1"), wish("guest2")]);
    expect(asText(invitations.shown.value, ({ seat }) => seat ?? "")).toBe(
      "guest1: https://a/i0\nguest2: https://a/i1",
    );
    await invitations.make([wish("guest3"), wish("full"), wish("guest4")]);
    expect(invitations.shown.value.map(({ seat }) => seat)).toEqual(["guest3"]);
    expect(invitations.attempt.errors.value.get("seat")).toBe("is taken");
    expect(invitations.open.value).toHaveLength(3);
  });

  it("reads the list anew when control says so, and stops showing what was revoked elsewhere", async () => {
    const { read } = server(link("a", "guest1"), link("b", "guest2"));
    const invitations = new Invitations(new Commands());
    const changes = signal(1);
    const stop = followInvites(invitations, changes);
    await vi.waitFor(() => expect(invitations.open.value).toHaveLength(2));
    invitations.shown.value = [link("a", "guest1")];
    await deskApi.revoke("a");
    changes.value = 2;
    await vi.waitFor(() => expect(invitations.open.value).toHaveLength(1));
    expect(invitations.shown.value).toEqual([]);
    stop();
    changes.value = 3;
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("is busy with the one that is being revoked", async () => {
    server(link("a", "guest1"), link("b", "guest2"));
    const invitations = new Invitations(new Commands());
    const done = invitations.revoke(link("a", "guest1"));
    expect([invitations.isRevoking(link("a", "")), invitations.isRevoking(link("b", ""))]).toEqual([
      true,
      false,
    ]);
    await done;
    expect(invitations.open.value.map(({ id }) => id)).toEqual(["b"]);
  });
});
