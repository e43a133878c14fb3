import { signal } from "@preact/signals";
import { act, cleanup, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Media } from "../../state/media";
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
    vi.unstubAllGlobals();
    Reflect.deleteProperty(HTMLMediaElement.prototype, "setSinkId");
    changeSettings(DEFAULTS);
    isVolumeOurs.value = true;
  });

  it("has a volume, and tells the producer where it is nothing", async () => {
    const onHears = vi.fn();
    render(<StudioCard phase={PHASE} media={new Media()} speaks={false} onHears={onHears} />);
    expect(screen.queryByRole("slider", { name: say.volume })).not.toBeNull();
    expect(onHears).toHaveBeenLastCalledWith("nothing");
    await act(() => changeSettings({ studioVolume: 1 }));
    expect(onHears).toHaveBeenLastCalledWith("yes");
  });

  it("plays by the system's default while the chosen speaker is gone, and by that one once it is back", async () => {
    let ids: string[] = [];
    const enumerateDevices = async (): Promise<unknown> =>
      ids.map((deviceId) => ({ kind: "audiooutput", deviceId, label: deviceId }));
    const mediaDevices = Object.assign(new EventTarget(), { enumerateDevices });
    const setSinkId = vi.fn(async () => undefined);
    vi.stubGlobal("navigator", { mediaDevices });
    Object.assign(HTMLMediaElement.prototype, { setSinkId });
    const plug = (...there: string[]): void => {
      ids = there;
      mediaDevices.dispatchEvent(new Event("devicechange"));
    };
    const playsOn = (speaker: string) => waitFor(() => expect(setSinkId).toHaveBeenLastCalledWith(speaker));
    const media = new Media();
    media.listen();
    changeSettings({ speaker: "phones" });
    render(<StudioCard phase={PHASE} media={media} speaks={false} onHears={() => undefined} />);
    await playsOn("phones");
    plug("room");
    await playsOn("");
    plug("room", "phones");
    await playsOn("phones");
  });

  it("names the phone's own buttons where they alone set the volume, and takes none for nothing", () => {
    isVolumeOurs.value = false;
    const onHears = vi.fn();
    render(<StudioCard phase={PHASE} media={new Media()} speaks={false} onHears={onHears} />);
    expect(screen.queryByRole("slider")).toBeNull();
    expect(screen.queryByText(say.ownButtons)).not.toBeNull();
    expect(onHears).toHaveBeenLastCalledWith("yes");
  });
});
