/** The guest's camera and microphone: what is open, what is wanted, what is sent. */

import { batch, computed, signal } from "@preact/signals";
import { unexpected } from "../client/api";
import {
  cameraConstraints,
  DeviceError,
  type DeviceFault,
  type DeviceLists,
  listDevices,
  openCamera,
  openMicrophone,
} from "../client/devices";
import { type Silence, startSilence } from "../client/silence";
import { type Still, startStill } from "../client/stills";
import { presetOf } from "./presets";
import { changeSettings, settings } from "./settings";

/** One device: its track while it is open, and why it is not. */
export interface Device {
  track: MediaStreamTrack | null;
  opening: boolean;
  fault: DeviceFault | "device_lost" | null;
}

type Which = "camera" | "microphone";

const SETTLE_MS = 3000;

const CLOSED: Device = { track: null, opening: false, fault: null };

function faultIn(error: unknown): DeviceFault {
  if (error instanceof DeviceError) return error.fault;
  unexpected(error);
  return "device_failed";
}

export class Media {
  readonly camera = signal<Device>(CLOSED);
  readonly microphone = signal<Device>(CLOSED);
  readonly cameraOn = signal(true);
  readonly muted = signal(false);
  readonly lists = signal<DeviceLists>({ cameras: [], microphones: [], speakers: [] });
  /** What is played on: the chosen speaker; null, the system's own, also while that one is not among those there are. */
  readonly speaker = computed(() => {
    const { speaker } = settings.value;
    const { speakers } = this.lists.value;
    // Before devices are allowed none is told, and nothing is known of it.
    const isThere = speakers.length === 0 || speakers.some(({ deviceId }) => deviceId === speaker);
    return isThere ? speaker : null;
  });
  readonly speakerGone = computed(() => this.speaker.value !== settings.value.speaker);
  readonly still = signal<Still | null>(null);
  readonly silence = signal<Silence | null>(null);
  /** What stands for the picture on the wire: the camera, or the still in its place. */
  readonly video = computed(() => this.camera.value.track ?? this.still.value?.track ?? null);
  /** The same for the sound: the microphone, or silence in its place. */
  readonly audio = computed(() => this.microphone.value.track ?? this.silence.value?.track ?? null);
  /** What the relay is told, so that it does not take a switched-off device for a stalled one. */
  readonly report = computed(() => ({
    camera: this.camera.value.track ? ("on" as const) : ("off" as const),
    mic: this.microphone.value.track && !this.muted.value ? ("on" as const) : ("off" as const),
  }));
  // Devices open and close one after the other: quick presses must not overtake each other.
  #queue: Promise<void> = Promise.resolve();
  #sending = false;

  /** Keep the lists of devices fresh from now on. */
  listen(): void {
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.#list());
  }

  /** Open what is wanted and is not open yet. */
  async start(): Promise<void> {
    await this.#serial(() => this.#openWanted());
  }

  /** The devices are as wanted, or have taken so long that nothing should wait for them. */
  async settled(): Promise<void> {
    await Promise.race([this.#queue, new Promise((resolve) => setTimeout(resolve, SETTLE_MS))]);
  }

  /** Close all devices. */
  async stop(): Promise<void> {
    this.setSending(false);
    await this.#serial(async () => {
      this.#set("camera", CLOSED);
      this.#set("microphone", CLOSED);
    });
  }

  /** While sending, a still stands in for a camera that is off, and silence for a microphone that is not there. */
  setSending(sending: boolean): void {
    this.#sending = sending;
    this.#standIn();
  }

  setMuted(muted: boolean): void {
    this.muted.value = muted;
    const { track } = this.microphone.value;
    if (track) track.enabled = !muted;
  }

  async setCameraOn(on: boolean): Promise<void> {
    this.cameraOn.value = on;
    await this.#serial(() => this.#openWanted());
  }

  async choose(which: Which, id: string): Promise<void> {
    changeSettings({ [which]: id });
    if (which === "camera" && !this.cameraOn.value) return;
    await this.#serial(() => this.#open(which));
  }

  /** Choose the device that was in use before another one did not open: where it still runs, nothing is wrong. */
  async goBack(which: Which, id: string | null): Promise<void> {
    changeSettings({ [which]: id });
    await this.#serial(async () => {
      const { track } = this[which].value;
      if (track && track.getSettings().deviceId === id) this.#set(which, { ...CLOSED, track });
      else if (which === "microphone" || this.cameraOn.value) await this.#open(which);
    });
  }

  async setPreset(id: string): Promise<void> {
    changeSettings({ preset: presetOf(id).id });
    // After a camera that is just being opened with the preset before.
    await this.#serial(async () => {
      const constraints = cameraConstraints(presetOf(settings.value.preset));
      await this.camera.value.track?.applyConstraints(constraints).catch(() => undefined);
    });
  }

  /** Browsers differ in what can change on an open microphone: it is opened anew. */
  async setProcessing(
    change: Partial<Record<"echoCancellation" | "noiseSuppression" | "autoGainControl", boolean>>,
  ): Promise<void> {
    changeSettings(change);
    if (this.microphone.value.track) await this.#serial(() => this.#open("microphone"));
  }

  /** Ask again for a device that failed. */
  async retry(which: Which): Promise<void> {
    if (which === "camera") this.cameraOn.value = true;
    await this.#serial(() => this.#open(which));
  }

  #serial(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    // What failed for one press must not keep the next ones, or joining, from going on.
    this.#queue = done.catch((error: unknown) => void unexpected(error));
    return this.#queue;
  }

  async #openWanted(): Promise<void> {
    if (!this.cameraOn.value) this.#set("camera", CLOSED);
    else if (!this.camera.value.track) await this.#open("camera");
    if (!this.microphone.value.track) await this.#open("microphone");
  }

  async #open(which: Which): Promise<void> {
    const device = this[which];
    device.value = { ...device.value, opening: true, fault: null };
    try {
      this.#set(which, { track: await this.#request(which), opening: false, fault: null });
    } catch (error) {
      const { track } = device.value;
      this.#set(which, { track, opening: false, fault: faultIn(error) });
    }
    await this.#list();
  }

  async #request(which: Which): Promise<MediaStreamTrack> {
    const chosen = settings.value[which];
    try {
      return await this.#openDevice(which, chosen);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      if (error.fault === "device_missing" && chosen) return this.#openDevice(which, null);
      // Phones give one camera at a time: let the old one go and ask again.
      if (error.fault !== "device_busy" || !this[which].value.track) throw error;
      this.#set(which, { ...CLOSED, opening: true });
      return this.#openDevice(which, chosen);
    }
  }

  #openDevice(which: Which, id: string | null): Promise<MediaStreamTrack> {
    if (which === "microphone") return openMicrophone(id, settings.value);
    return openCamera(id, presetOf(settings.value.preset));
  }

  #set(which: Which, next: Device): void {
    const { track } = this[which].value;
    if (next.track) {
      next.track.enabled = which === "camera" || !this.muted.value;
      if (which === "camera") next.track.contentHint = "motion";
      next.track.onended = () => this.#set(which, { ...CLOSED, fault: "device_lost" });
    }
    // In one step, so that there is no moment with nothing to send; the old device goes dark last.
    batch(() => {
      this[which].value = next;
      this.#standIn();
    });
    if (track && track !== next.track) {
      track.onended = null;
      track.stop();
    }
  }

  #standIn(): void {
    this.#placeSilence();
    this.#placeStill();
  }

  #placeSilence(): void {
    const wanted = this.#sending && !this.microphone.value.track;
    const { value } = this.silence;
    if (wanted && !value) this.silence.value = startSilence();
    if (!wanted && value) {
      this.silence.value = null;
      value.stop();
    }
  }

  #placeStill(): void {
    const wanted = this.#sending && !this.camera.value.track;
    const { value } = this.still;
    if (wanted && !value) {
      const { width, height } = presetOf(settings.value.preset);
      this.still.value = startStill(() => settings.value.name, { width, height });
    }
    if (!wanted && value) {
      this.still.value = null;
      value.stop();
    }
  }

  async #list(): Promise<void> {
    this.lists.value = await listDevices().catch(() => this.lists.value);
  }
}
