/** The operator's own microphone: which one, as this browser keeps it, and whether it gives anything. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { ApiError, unexpected } from "../client/api";
import { DeviceError, listDevices, openMicrophone } from "../client/devices";
import { lasting } from "../client/keeping";
import { texts } from "../texts";
import { Silent } from "./silent";

const KEY = "stagedoor.talkback-microphone";
const PROCESSING = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
/** Whoever presses to speak does so at once. */
const SILENT_MS = 1000;

export class TalkMicrophone {
  /** Those that the browser shows us: none before it was allowed once. */
  readonly list = signal<readonly MediaDeviceInfo[]>([]);
  /** The one that was chosen here; null: the browser's. */
  readonly chosen = signal<string | null>(lasting.getItem(KEY));
  readonly #track = signal<MediaStreamTrack | null>(null);
  /** What guests are to hear now; null while it is closed, or silent by our hand. */
  readonly speaking: ReadonlySignal<MediaStreamTrack | null>;
  readonly #silent: Silent;

  /** @param isHeld Whether a button is held to speak. */
  constructor(isHeld: ReadonlySignal<boolean>) {
    this.speaking = computed(() => (isHeld.value ? this.#track.value : null));
    this.#silent = new Silent(this.speaking, SILENT_MS);
    this.#silent.start();
  }

  /** It is open to guests, and nothing comes from it. */
  get isSilent(): ReadonlySignal<boolean> {
    return this.#silent.value;
  }

  /** Keep the list fresh; the result ends that. */
  follow(): () => void {
    const page = new AbortController();
    const list = (): void => void this.#list();
    navigator.mediaDevices?.addEventListener?.("devicechange", list, { signal: page.signal });
    list();
    return () => page.abort();
  }

  /** @returns False where nothing is to be changed. */
  choose(id: string | null): boolean {
    if (id === this.chosen.peek()) return false;
    this.chosen.value = id;
    if (id === null) lasting.removeItem(KEY);
    else lasting.setItem(KEY, id);
    return true;
  }

  /** @throws ApiError that says what is wrong with it. */
  async open(): Promise<MediaStreamTrack> {
    try {
      this.#track.value = await this.#request();
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      // The server has codes of those names, of devices of its own.
      throw new ApiError(0, `microphone_${error.fault}`, texts.devices.microphone[error.fault]);
    }
    void this.#list();
    return this.#track.value;
  }

  /** Have it sound, or be silent and stay open. */
  setOn(isOn: boolean): void {
    const track = this.#track.peek();
    if (track) track.enabled = isOn;
  }

  close(): void {
    this.#track.peek()?.stop();
    this.#track.value = null;
  }

  /** One that was chosen and is not there any more gives way to the browser's. */
  async #request(): Promise<MediaStreamTrack> {
    const chosen = this.chosen.peek();
    try {
      return await openMicrophone(chosen, PROCESSING);
    } catch (error) {
      const isGone = error instanceof DeviceError && error.fault === "device_missing";
      if (chosen === null || !isGone) throw error;
      return openMicrophone(null, PROCESSING);
    }
  }

  async #list(): Promise<void> {
    try {
      this.list.value = (await listDevices()).microphones;
    } catch (error) {
      unexpected(error);
    }
  }
}
