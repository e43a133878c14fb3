import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { GuestStreamEvent, GuestView } from "../client/types";
import { Backstage } from "./backstage";
import { Media } from "./media";
import type { Inside } from "./page";
import { guest } from "./samples";
import { NOTHING } from "./shown";
import { Visit } from "./visit";

const inside = (state: GuestView["state"]): Inside =>
  ({ kind: "inside", token: "invite", endpoint: "", guest: guest({ id: "g1", state }) }) as Inside;
const told = (seq: number, state: GuestView["state"]): GuestStreamEvent =>
  ({ seq, type: "guest", data: guest({ id: "g1", state }) }) as GuestStreamEvent;

describe("Backstage", () => {
  const phase = signal<Inside | null>(null);
  let asked: string[];

  const opened = (): Backstage =>
    new Backstage(new Media(), new Visit(sessionStorage, new URLSearchParams()), phase, signal(false));

  beforeEach(() => {
    asked = [];
    phase.value = null;
    sessionStorage.clear();
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path);
      return Response.json({ messages: [], newest: 7 });
    });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("reads the chat once its guest is in, not while the line is checked", async () => {
    const backstage = opened();
    phase.value = inside("checking");
    backstage.hear(told(1, "checking"));
    expect(asked).toEqual([]);
    backstage.hear(told(2, "lobby"));
    await vi.waitFor(() => expect(backstage.chat.read.value).toBe(7));
    expect(asked).toEqual(["/api/chat?after=0"]);
  });

  it("shows nothing that an older page has kept in another shape", () => {
    const shown = { message: "Louder", until: null, prompter: null };
    sessionStorage.setItem("stagedoor.seen", JSON.stringify({ shown, read: 1 }));
    expect(opened().commands.shown.value).toEqual(NOTHING);
  });

  it("shows the same after a reload, and nothing to whoever comes after the visit", () => {
    const before = opened();
    phase.value = inside("seated");
    const message = { id: "c1", ahead: 0, text: "Louder", read: null };
    before.commands.shown.value = { ...NOTHING, message };
    const after = opened();
    expect(after.commands.shown.value.message).toEqual(message);
    phase.value = null;
    expect(after.commands.shown.value).toEqual(NOTHING);
    expect(opened().commands.shown.value).toEqual(NOTHING);
  });
});
