import { signal } from "@preact/signals";
import { act, cleanup, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Inside } from "../../state/page";
import { guest } from "../../state/samples";
import { changeSettings, DEFAULTS } from "../../state/settings";
import { isVolumeOurs } from "../../state/studio-volume";
import { texts } from "../../texts";
import { StudioCard } from "./StudioCard";

const say = texts.guest.studio;
const PHASE = { kind: "inside", guest: guest(), token: "invite" } as Inside;

/** What comes back sounds. */
vi.mock("../../state/studio-return", () => ({
  StudioReturn: class {
    readonly soundFirst = signal(false);
    readonly viewer = signal({
      link: signal({ kind: "connected", session: "s1" }),
      stream: signal(new MediaStream()),
      flows: signal(true),
      sounds: signal(true),
    });
    start(): void {}
    stop(): void {}
  },
}));

describe("StudioCard", () => {
  beforeEach(() => {
    changeSettings({ studioPicture: false, studioVolume: 0 });
    vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue(undefined);
  });
  afterEach(() => {
    cleanup();
    vi.restoreAllMocks();
    changeSettings(DEFAULTS);
    isVolumeOurs.value = true;
  });

  it("has a volume, and tells the producer where it is nothing", async () => {
    const onHears = vi.fn();
    render(<StudioCard phase={PHASE} speaks={false} onHears={onHears} />);
    expect(screen.queryByRole("slider", { name: say.volume })).not.toBeNull();
    expect(onHears).toHaveBeenLastCalledWith("nothing");
    await act(() => changeSettings({ studioVolume: 1 }));
    expect(onHears).toHaveBeenLastCalledWith("yes");
  });

  it("names the phone's own buttons where they alone set the volume, and takes none for nothing", () => {
    isVolumeOurs.value = false;
    const onHears = vi.fn();
    render(<StudioCard phase={PHASE} speaks={false} onHears={onHears} />);
    expect(screen.queryByRole("slider")).toBeNull();
    expect(screen.queryByText(say.ownButtons)).not.toBeNull();
    expect(onHears).toHaveBeenLastCalledWith("yes");
  });
});
