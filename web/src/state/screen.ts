/** Screen share: a second session of the same guest, which comes and goes without touching the camera. */

import { signal } from "@preact/signals";
import { unexpected } from "../client/api";
import { DeviceError, type DeviceFault, openScreen } from "../client/devices";
import { Lasting, type LinkState, type ServerWord } from "../client/lasting";
import { WhipSession, type WhipTarget } from "../client/whip";
import { SCREEN_BITRATE } from "./presets";
import { isFinal } from "./refusals";
import { changeSettings, settings } from "./settings";

export type ScreenState =
  | { kind: "off"; fault: DeviceFault | "screen_refused" | null }
  | { kind: "choosing" }
  | { kind: "on"; stream: MediaStream };

function letGo(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export class ScreenShare {
  readonly state = signal<ScreenState>({ kind: "off", fault: null });
  readonly link = signal<LinkState>({ kind: "stopped" });
  #publisher: Lasting<WhipSession> | null = null;

  constructor(
    private readonly target: () => (WhipTarget & { maxBitrate: number }) | null,
    private readonly serverWord: (id: string) => ServerWord,
    private readonly onOpen: (session: WhipSession, signal: AbortSignal) => void,
  ) {}

  /** Ask which screen, window or tab, and publish it. */
  async start(): Promise<void> {
    if (this.state.value.kind !== "off") return;
    const choosing: ScreenState = { kind: "choosing" };
    this.state.value = choosing;
    let stream: MediaStream | null = null;
    let fault: DeviceFault | null = null;
    try {
      stream = await openScreen();
    } catch (error) {
      if (!(error instanceof DeviceError)) unexpected(error);
      fault = error instanceof DeviceError ? error.fault : "device_failed";
    }
    // The visit may have ended before the choice was made: nothing of it is sent any more.
    if (this.state.peek() !== choosing) return letGo(stream);
    this.state.value = { kind: "off", fault };
    if (stream) this.#publish(stream);
  }

  /** Stop sharing; with `ended`, the server has ended it already. */
  async stop(ended = false, fault: "screen_refused" | null = null): Promise<void> {
    const current = this.state.peek();
    if (current.kind === "on") letGo(current.stream);
    if (current.kind !== "off") this.state.value = { kind: "off", fault };
    const publisher = this.#publisher;
    this.#publisher = null;
    await publisher?.stop(ended);
  }

  /** Sharp text, or smooth movement. */
  setHint(hint: "detail" | "motion"): void {
    changeSettings({ screenHint: hint });
    const current = this.state.value;
    if (current.kind === "on") for (const track of current.stream.getVideoTracks()) track.contentHint = hint;
  }

  #publish(stream: MediaStream): void {
    const [video] = stream.getVideoTracks();
    if (!video) return;
    const [audio] = stream.getAudioTracks();
    video.contentHint = settings.value.screenHint;
    video.onended = () => void this.stop();
    this.state.value = { kind: "on", stream };
    this.#publisher = new Lasting<WhipSession>(
      (signal) => this.#open(video, audio, signal),
      (state) => {
        this.link.value = state;
        if (state.kind === "refused") void this.stop(true, "screen_refused");
      },
      isFinal,
    );
    this.#publisher.listenTo(this.serverWord);
    this.#publisher.start();
  }

  async #open(
    video: MediaStreamTrack,
    audio: MediaStreamTrack | undefined,
    signal: AbortSignal,
  ): Promise<WhipSession> {
    const target = this.target();
    if (!target) throw new DOMException("not inside", "AbortError");
    const maxBitrate = Math.min(SCREEN_BITRATE, target.maxBitrate);
    const session = await WhipSession.open(target, () => ({ video, audio, maxBitrate }), signal);
    this.onOpen(session, signal);
    return session;
  }
}
