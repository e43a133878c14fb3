import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CommandView, GuestCommand } from "../client/types";
import { GuestCommands, PERSON_MS } from "./guest-commands";
import { Media } from "./media";
import type { Inside } from "./page";
import { guest } from "./samples";
import { ENDED_MS, NOTHING, secondsLeft } from "./shown";

const INSIDE = { kind: "inside", token: "invite", endpoint: "", guest: guest({ id: "g1" }) } as Inside;

describe("GuestCommands", () => {
  let answers: [string, string][];
  let reasons: string[];
  let media: Media;
  let commands: GuestCommands;

  const view = (id: string, command: GuestCommand): CommandView => ({
    id,
    command,
    guest: "g1",
    state: "sent",
    at: new Date().toISOString(),
    reason: "",
  });

  beforeEach(() => {
    vi.useFakeTimers();
    answers = [];
    reasons = [];
    vi.stubGlobal("fetch", async (path: string, { body }: RequestInit) => {
      const { state, reason } = JSON.parse(String(body)) as { state: string; reason: string };
      reasons.push(reason);
      answers.push([path.split("/").at(-1) ?? "", state]);
      return Response.json({});
    });
    media = new Media();
    const track = { enabled: true } as MediaStreamTrack;
    media.microphone.value = { track, opening: false, fault: null };
    commands = new GuestCommands(media, signal<Inside | null>(INSIDE), signal(false));
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("does each once, and answers again where control has missed it", async () => {
    const mute = view("c1", { kind: "mute" });
    await commands.take(mute);
    expect(commands.told.value).toContain("muted");
    media.setMuted(false);
    await commands.take(mute);
    expect(media.muted.value).toBe(false);
    expect(answers).toEqual([
      ["c1", "delivered"],
      ["c1", "done"],
      ["c1", "done"],
    ]);
  });

  it.each([
    ["the button of the question", "done", false, () => commands.unmute()],
    ["the usual button", "done", false, async () => media.setMuted(false)],
    ["a no", "refused", true, () => commands.stayMuted()],
  ])("leaves it to the person to unmute, by %s", async (_, state, muted, act) => {
    media.setMuted(true);
    await commands.take(view("c2", { kind: "unmute_request" }));
    expect([media.muted.value, commands.asked.value]).toEqual([true, "c2"]);
    await act();
    await vi.advanceTimersByTimeAsync(0);
    expect([media.muted.value, commands.asked.value]).toEqual([muted, null]);
    expect(answers).toEqual([
      ["c2", "delivered"],
      ["c2", state],
    ]);
  });

  it("says why not as a sentence to the guest, and as a phrase to control", async () => {
    media.cameraOn.value = false;
    await commands.take(view("c0", { kind: "device", device: "camera", label: "" }));
    expect(commands.told.value).toContain("The camera is off.");
    expect(reasons.filter((reason) => reason !== "")).toEqual(["the camera is off"]);
  });

  it("takes a countdown away once its end is no news, and leaves a newer one", async () => {
    await commands.take(view("c7", { kind: "message", text: "Louder" }));
    await commands.take(view("c8", { kind: "countdown", seconds: 5 }));
    await vi.advanceTimersByTimeAsync(4000);
    await commands.take(view("c9", { kind: "countdown", seconds: 5 }));
    const left = (): number | null => secondsLeft(commands.shown.value.countdown?.until ?? 0, Date.now());
    await vi.advanceTimersByTimeAsync(5000 + ENDED_MS - 500);
    expect(left()).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(commands.shown.value).toMatchObject({ ...NOTHING, message: { text: "Louder" } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("asks nobody who is heard, and not for ever", async () => {
    await commands.take(view("c3", { kind: "unmute_request" }));
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toEqual([["c3", "done"]]);
    media.setMuted(true);
    await commands.take(view("c4", { kind: "unmute_request" }));
    await vi.advanceTimersByTimeAsync(PERSON_MS);
    expect(commands.asked.value).toBeNull();
    expect(answers.at(-1)).toEqual(["c4", "delivered"]);
  });

  it("keeps a message until it is read, and then when that was", async () => {
    await commands.take(view("c5", { kind: "message", text: "Louder" }));
    await commands.take(view("c6", { kind: "countdown", seconds: 10 }));
    expect(commands.shown.value.message).toMatchObject({ id: "c5", text: "Louder", read: null });
    await vi.advanceTimersByTimeAsync(3000);
    commands.read();
    expect(commands.shown.value).toMatchObject({
      message: { id: "c5", text: "Louder", read: Date.now() },
      countdown: { until: Date.now() + 7000 },
    });
  });
});
