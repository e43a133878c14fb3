import { afterEach, describe, expect, it, vi } from "vitest";
import { canSetVolume, playOrMute } from "./player";

const REFUSED = new DOMException("nobody has touched the page", "NotAllowedError");

function player(muted: boolean, ...plays: (DOMException | null)[]): HTMLMediaElement {
  const play = vi.fn(async () => {
    const error = plays.shift();
    if (error) throw error;
  });
  return { muted, play } as unknown as HTMLMediaElement;
}

it("sounds where the browser lets it", async () => {
  const sounding = player(false, null);
  expect([await playOrMute(sounding), sounding.muted]).toEqual(["plays", false]);
});

it("goes on without sound where the browser wants a click for that", async () => {
  const refused = player(false, REFUSED, null);
  expect([await playOrMute(refused), refused.muted]).toEqual(["muted", true]);
  expect(refused.play).toHaveBeenCalledTimes(2);
});

it("waits for the click where the browser plays nothing before", async () => {
  expect(await playOrMute(player(false, REFUSED, REFUSED))).toBe("waits");
});

it.each([
  ["something else is wrong", false, new DOMException("no such codec", "NotSupportedError")],
  ["it is silent already", true, REFUSED],
])("fails where %s", async (_, muted, error) => {
  await expect(playOrMute(player(muted, error))).rejects.toBe(error);
});

describe("canSetVolume", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it.each([
    ["keeps what is set", true, (_: { held: number }) => undefined],
    [
      "passes over it",
      false,
      (player: { held: number }) => {
        player.held = 1;
      },
    ],
    [
      "takes it back a moment later",
      false,
      (player: { held: number }) => {
        setTimeout(() => {
          player.held = 1;
        }, 100);
      },
    ],
  ])("tells of a browser that %s", async (_, can, react) => {
    vi.useFakeTimers();
    vi.stubGlobal(
      "Audio",
      class {
        held = 1;
        get volume(): number {
          return this.held;
        }
        set volume(wanted: number) {
          this.held = wanted;
          react(this);
        }
      },
    );
    const told = canSetVolume();
    await vi.runAllTimersAsync();
    expect(await told).toBe(can);
  });
});
