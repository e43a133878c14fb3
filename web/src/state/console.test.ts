import { signal } from "@preact/signals";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { MixerView } from "../client/types";
import { mixerTexts } from "../texts.mixer";
import { Commands } from "./commands";
import { Console } from "./console";
import { NOTHING } from "./mixing";
import { mixer } from "./samples";

interface Asked {
  path: string;
  body: unknown;
}

/** A mixer that confirms what it is told, and what was asked of it. */
function withMixer(): { console: Console; asked: Asked[]; tell: (now: MixerView) => void } {
  const mixing = signal({ ...NOTHING, mixer: mixer({ program: "a", preview: "b" }) });
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const body =
      init.body === undefined ? null : (JSON.parse(String(init.body)) as { scene?: string; black?: boolean });
    asked.push({ path, body });
    const now = mixing.value.mixer;
    const next = mixer({ ...now });
    if (path.endsWith("/cut")) next.program = body?.scene ?? "";
    if (path.endsWith("/preview")) next.preview = body?.scene ?? "";
    if (path.endsWith("/fade-to-black")) {
      const { black = false } = body ?? {};
      return Response.json({ frame: 2, program: next.program, preview: next.preview, to_black: black });
    }
    mixing.value = { ...mixing.value, mixer: next };
    return new Response(JSON.stringify({ frame: 1, program: next.program, preview: next.preview }));
  });
  const tell = (now: MixerView): void => {
    mixing.value = { ...mixing.value, mixer: now };
  };
  return { console: new Console(mixing, new Commands()), asked, tell };
}

describe("Console", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("cuts by a double-click and leaves preview as it was before", async () => {
    const { console } = withMixer();
    await console.preview("c");
    await console.cut("c");
    expect(console.mixing.value.mixer).toMatchObject({ program: "c", preview: "b" });
  });

  /** The first request is done and answered late, in the frame that is said. */
  function late(): (frame: number) => void {
    let answer: (frame: number) => void = () => undefined;
    const said = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const inTime = fetch;
    vi.stubGlobal("fetch", (...args: Parameters<typeof fetch>) => {
      vi.stubGlobal("fetch", inTime);
      return said.then(async (frame) => {
        await inTime(...args);
        return Response.json({ frame, program: "c", preview: "c" });
      });
    });
    return answer;
  }

  it.each([1, 2])(
    "leaves preview as it was where the first click is done last, in frame %i",
    async (frame) => {
      const { console, asked } = withMixer();
      const answer = late();
      const pressed = console.preview("c");
      const cut = console.cut("c");
      await vi.waitUntil(() => asked.length === 1);
      answer(frame);
      await Promise.all([pressed, cut]);
      expect(console.mixing.value.mixer).toMatchObject({ program: "c", preview: "b" });
    },
  );

  it("takes nothing off preview that was pressed since", async () => {
    const { console, asked } = withMixer();
    const answer = late();
    const pressed = console.preview("c");
    const cut = console.cut("c");
    await vi.waitUntil(() => asked.length === 1);
    await console.preview("d");
    answer(2);
    await Promise.all([pressed, cut]);
    expect(asked.map(({ body }) => (body as { scene: string }).scene)).toEqual(["c", "d", "c"]);
  });

  it.each(["take", "auto"] as const)("waits with %s for what was pressed just before", async (verb) => {
    const { console, asked } = withMixer();
    const answer = late();
    const pressed = console.preview("c");
    const put = console[verb]();
    await Promise.resolve();
    expect(asked).toEqual([]);
    answer(1);
    await Promise.all([pressed, put]);
    expect(asked.map(({ path }) => path)).toEqual(["/api/mixer/preview", `/api/mixer/${verb}`]);
    await console[verb]();
    expect(asked).toHaveLength(3);
  });

  it("takes nothing where what was pressed just before fails", async () => {
    const { console, asked } = withMixer();
    const inTime = fetch;
    vi.stubGlobal("fetch", async () => {
      vi.stubGlobal("fetch", inTime);
      throw new TypeError("no network");
    });
    await Promise.all([console.preview("c"), console.take()]);
    expect(asked).toEqual([]);
    expect(console.commands.errors.value).toHaveLength(1);
    await console.take();
    expect(asked.map(({ path }) => path)).toEqual(["/api/mixer/take"]);
  });

  it("takes nothing late: what was pressed has a second to come, and a cut meanwhile calls it off", async () => {
    const { console, asked } = withMixer();
    const answer = late();
    const pressed = console.preview("c");
    const put = console.take();
    await console.cut("d");
    answer(1);
    await Promise.all([pressed, put]);
    expect(asked.map(({ path }) => path)).toEqual(["/api/mixer/cut", "/api/mixer/preview"]);
    vi.useFakeTimers();
    const again = late();
    const slow = console.preview("e");
    const waits = console.take();
    await vi.advanceTimersByTimeAsync(1100);
    await waits;
    expect(console.commands.errors.value.map(({ message }) => message)).toEqual([mixerTexts.previewComes]);
    vi.useRealTimers();
    again(2);
    await slow;
    expect(asked).toHaveLength(3);
  });

  it("brings the mixer's T-bar back before the next pull where that was lost", async () => {
    const { console, asked } = withMixer();
    const inTime = fetch;
    console.tbar(0.9);
    await vi.waitUntil(() => asked.length === 1);
    vi.stubGlobal("fetch", async (...args: Parameters<typeof fetch>) => {
      vi.stubGlobal("fetch", inTime);
      await inTime(...args);
      throw new TypeError("the answer is lost");
    });
    console.tbar(1);
    await vi.waitUntil(() => console.commands.errors.value.length === 1);
    console.tbar(0.02);
    await vi.waitUntil(() => asked.length === 4);
    expect(asked.map(({ body }) => (body as { position: number }).position)).toEqual([0.9, 1, 0, 0.02]);
  });

  it("has the mixer's T-bar back where the next pull begins", async () => {
    const { console, asked } = withMixer();
    console.tbar(0.9);
    console.tbar(1);
    await vi.waitUntil(() => asked.length === 3);
    console.tbar(0.02);
    await vi.waitUntil(() => asked.length === 4);
    expect(asked.map(({ body }) => (body as { position: number }).position)).toEqual([0.9, 1, 0, 0.02]);
  });

  it("says whether sound goes with a fade to black", async () => {
    const { console, asked } = withMixer();
    await console.setBlackSilent(false);
    expect(asked).toEqual([{ path: "/api/mixer/black", body: { is_silent: false } }]);
  });

  it("cuts by a key and touches preview not at all", async () => {
    const { console, asked } = withMixer();
    await console.preview("c");
    await console.cut("d");
    expect(console.mixing.value.mixer).toMatchObject({ program: "d", preview: "c" });
    expect(asked.map(({ path }) => path)).toEqual(["/api/mixer/preview", "/api/mixer/cut"]);
  });

  it("fades to black, and back from it", async () => {
    const { console, asked } = withMixer();
    const answered = (): Promise<void> =>
      vi.waitUntil(() => !console.isPending("fade")).then(() => undefined);
    console.fade();
    await answered();
    // Nothing was told yet: the mixer's answer counts.
    expect(console.toBlack.value).toBe(true);
    console.fade();
    await answered();
    expect(asked.map(({ body }) => body)).toEqual([{ black: true }, { black: false }]);
  });

  it("turns a fade round that has just begun, or is still being asked for", async () => {
    const { console, tell, asked } = withMixer();
    tell(mixer({ frame: 5, black: 0.07, to_black: true }));
    console.fade();
    console.fade();
    console.fade();
    await vi.waitUntil(() => asked.length === 2 && !console.isPending("fade"));
    expect(asked.map(({ body }) => body)).toEqual([{ black: false }, { black: false }]);
    tell(mixer({ frame: 9, black: 0.9, to_black: false }));
    expect(console.toBlack.value).toBe(false);
    console.fade();
    await vi.waitUntil(() => asked.length === 3);
    expect(asked[2]?.body).toEqual({ black: true });
  });

  it("says that a stinger was cut instead", async () => {
    const { console } = withMixer();
    const applied = { frame: 1, program: "b", preview: "a", cut_frame: 1, trouble: "it has no pictures" };
    vi.stubGlobal("fetch", async () => Response.json(applied));
    await console.auto();
    const [said] = console.commands.errors.value;
    expect(said?.message).toBe("It was cut, since the stinger cannot be played: it has no pictures");
  });

  it("sends of the transition what was changed, and nothing that another operator may have changed", async () => {
    const { console, asked } = withMixer();
    await console.setTransition({ frames: 45 });
    expect(asked).toEqual([{ path: "/api/mixer/transition", body: { frames: 45 } }]);
  });

  it("says in one sentence why something was refused", async () => {
    const { console } = withMixer();
    const problem = { type: "urn:stagedoor:problem:in_transition", code: "in_transition", detail: "not now" };
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify(problem), { status: 409 }));
    await console.preview("c");
    expect(console.commands.errors.value).toMatchObject([{ title: "Preview c", message: "not now" }]);
    await console.preview("c");
    expect(console.commands.errors.value).toHaveLength(1);
  });
});
