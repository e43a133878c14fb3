import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import { backstageApi } from "../client/backstage";
import type { DeskEvent } from "../client/types";
import { type Asked, Asks, heardAsked, isToRead, missedOf, saysOf } from "./asks";
import { command } from "./samples";

const told = (...views: ReturnType<typeof command>[]): Asked =>
  views
    .map((data, seq): DeskEvent => ({ seq, type: "command", data }))
    .reduce(heardAsked, new Map() as Asked);
const snapshot = (commands: ReturnType<typeof command>[]): DeskEvent =>
  ({ seq: 1, type: "snapshot", data: { commands, guests: [{ id: "g1" }] } }) as unknown as DeskEvent;

describe("heardAsked", () => {
  it("goes with each event, and what is over stays so", () => {
    const asked = told(
      command(),
      command({ state: "refused", reason: "no" }),
      command({ state: "delivered" }),
    );
    expect(asked.get("g1")?.get("mute")).toMatchObject({ state: "refused", reason: "no" });
  });

  it("does not go back to what was sent, whose answer may be heard after the page's", () => {
    const asked = told(command(), command({ state: "delivered" }), command());
    expect(asked.get("g1")?.get("mute")?.state).toBe("delivered");
  });

  it("shows the newest of each kind, whatever is heard of an older one", () => {
    const newer = command({ id: "c2", at: "2026-11-26T10:00:09Z" });
    const asked = told(command(), newer, command({ state: "timeout" }));
    expect(asked.get("g1")?.get("mute")?.id).toBe("c2");
    expect(told(newer, command({ id: "m", command: { kind: "message", text: "Hi" } })).get("g1")?.size).toBe(
      2,
    );
  });

  it("forgets guests who are gone", () => {
    expect(heardAsked(told(command()), { seq: 2, type: "guest_gone", data: { id: "g1" } }).size).toBe(0);
  });

  it("keeps through a snapshot what was over, and knows whom to ask about", () => {
    const done = told(command({ state: "done" }));
    expect(heardAsked(done, snapshot([])).get("g1")?.get("mute")?.state).toBe("done");
    expect(missedOf(done, [])).toEqual([]);
    expect(missedOf(told(command()), [])).toEqual(["g1"]);
    expect(missedOf(told(command()), [command()])).toEqual([]);
  });
});

describe("Asks", () => {
  it("loses nothing of what is heard while a request is under way", async () => {
    const asks = new Asks();
    let answer: (view: ReturnType<typeof command>) => void = () => undefined;
    vi.spyOn(backstageApi, "command").mockReturnValue(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    const asking = asks.ask("g1", { kind: "mute" });
    asks.hear({ seq: 1, type: "command", data: command() });
    asks.hear({ seq: 2, type: "command", data: command({ state: "done" }) });
    asks.hear({ seq: 3, type: "command", data: command({ id: "other", guest: "g2" }) });
    answer(command());
    await asking;
    expect(asks.last("g1", "mute")?.state).toBe("done");
    expect(asks.last("g2", "mute")?.id).toBe("other");
    vi.restoreAllMocks();
  });

  it("keeps no command of guests who have left while nothing was heard, and few whom nobody has named", async () => {
    const asks = new Asks();
    vi.spyOn(backstageApi, "command").mockRejectedValue(new ApiError(409, "guest_away", "away"));
    for (const guest of ["g1", "gone"]) {
      asks.hear({ seq: 2, type: "command", data: command({ id: `of ${guest}`, guest, state: "timeout" }) });
      asks.dismiss(guest, `of ${guest}`);
      await asks.ask(guest, { kind: "mute" });
    }
    asks.hear(snapshot([]));
    expect([...asks.asked.value.keys(), ...asks.failures.value.keys()]).toEqual(["g1", "g1"]);
    for (let at = 0; at < 500; at += 1) asks.dismiss("g1", `read ${at}`);
    expect([asks.read.value.size, asks.read.value.has("read 499")]).toEqual([400, true]);
    for (let at = 0; at < 300; at += 1)
      asks.hear({ seq: 3, type: "command", data: command({ guest: `late ${at}` }) });
    expect(asks.asked.value.size).toBe(200);
    vi.restoreAllMocks();
  });
});

describe("saysOf", () => {
  it.each([
    [{}, "Mic off at the guest: asked for…"],
    [{ state: "refused", reason: "not now" }, "Mic off at the guest: refused, not now."],
    [{ state: "refused", reason: "the camera is off" }, "Mic off at the guest: refused, the camera is off."],
    [{ state: "refused", reason: "Not now." }, "Mic off at the guest: refused, Not now."],
    [{ state: "timeout" }, "Mic off at the guest: their page has not answered."],
    [{ state: "done", command: { kind: "quality", quality: "360p" } }, "Quality: 360p now."],
    [{ state: "done", command: { kind: "device", device: "camera", label: "Roof" } }, "Camera: “Roof” now."],
  ] as const)("says %j", (change, words) => {
    expect(saysOf(command(change as Partial<ReturnType<typeof command>>))).toBe(words);
  });

  it("stays until it is read where nothing else takes it away", () => {
    const quality = { kind: "quality", quality: "360p" } as const;
    expect(isToRead(command({ state: "done", command: quality }))).toBe(true);
    expect(isToRead(command({ state: "timeout" }))).toBe(true);
    expect(isToRead(command({ state: "delivered", command: quality }))).toBe(false);
    expect(isToRead(command({ state: "done", command: { kind: "message", text: "Closer" } }))).toBe(false);
  });

  it("says nothing of what is done and seen elsewhere: what stands on a screen is its page's to say", () => {
    expect(saysOf(command({ state: "done" }))).toBeNull();
    const brought = [
      { kind: "message", text: "Closer" },
      { kind: "countdown", seconds: 90 },
      { kind: "prompter", text: "Good evening", speed: 90, size: 8 },
    ] as const;
    expect(brought.map((each) => saysOf(command({ state: "done", command: each })))).toEqual([
      null,
      null,
      null,
    ]);
  });
});
