/** How loud a track is, and a short sound to try a speaker with. */

let shared: AudioContext | null = null;

function wake(): void {
  if (shared?.state === "suspended") void shared.resume().catch(() => undefined);
}

/** The one of the page. */
export function audioContext(): AudioContext {
  if (!shared) {
    shared = new AudioContext();
    // Browsers keep it asleep until the person has touched the page.
    for (const touch of ["pointerup", "keydown"]) addEventListener(touch, wake);
  }
  wake();
  return shared;
}

const FLOOR_DB = -60;

/** Place of a level between silence (0, -60 dB) and full scale (1). */
export const meterPosition = (amplitude: number): number =>
  amplitude <= 0 ? 0 : Math.min(1, Math.max(0, 1 - (20 * Math.log10(amplitude)) / FLOOR_DB));

/** Reads the level of one microphone. */
export class Meter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    const audio = audioContext();
    this.#source = audio.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = audio.createAnalyser();
    this.#analyser.fftSize = 1024;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  /** The loudest sample of the last 20 ms, as a place on the meter, 0 to 1. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let peak = 0;
    for (const sample of this.#samples) peak = Math.max(peak, Math.abs(sample));
    return meterPosition(peak);
  }

  /** Whether anything is measured: browsers keep sound asleep until the person has touched the page. */
  get awake(): boolean {
    return this.#source.context.state === "running";
  }

  close(): void {
    this.#source.disconnect();
  }
}

/** Play soft notes one after the other, of so many hertz each. */
export function playNotes(audio: AudioContext, output: AudioNode, hertz: readonly number[]): void {
  hertz.forEach((frequency, index) => {
    const start = audio.currentTime + 0.1 + index * 0.25;
    const note = audio.createOscillator();
    const gain = audio.createGain();
    note.frequency.value = frequency;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.25, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, start + 0.6);
    note.connect(gain).connect(output);
    note.start(start);
    note.stop(start + 0.65);
  });
}

/** A player whose speaker can be chosen, in browsers that let pages do so. */
export type SinkAudio = HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };

/** Play two soft notes on a speaker; rejects when the speaker is gone. */
export async function playChime(speaker: string | null): Promise<void> {
  const audio = audioContext();
  const output = audio.createMediaStreamDestination();
  const player: SinkAudio = new Audio();
  player.srcObject = output.stream;
  if (speaker) await player.setSinkId?.(speaker);
  await player.play();
  playNotes(audio, output, [523.25, 783.99]);
  setTimeout(() => {
    player.srcObject = null;
  }, 1500);
}
