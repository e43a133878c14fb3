/** Whether a microphone hears the speaker: three notes are played, and listened for. */

import { audioContext, type SinkAudio } from "./sound";

/** High enough to pass any speaker, and far enough apart to be told apart. */
export const NOTES_HZ = [880, 1320, 1980] as const;
const NOTE_S = 0.22;
const QUIET_S = 0.3;
/** From a note's beginning until even a slow wireless speaker has played it. */
const HEARD_WITHIN_S = 0.45;
const EVERY_MS = 25;
const RISE_DB = 12;
const ALONE_DB = 10;
const FLOOR_DB = -75;

/** How loud each note was at one moment, in dB; `at` in seconds since the listening began. */
export interface Moment {
  at: number;
  levels: readonly number[];
}

export const noteStarts = (): number[] => NOTES_HZ.map((_, note) => QUIET_S + note * (NOTE_S + 0.1));

function isHeard(moments: readonly Moment[], note: number, start: number): boolean {
  const before = moments.filter(({ at }) => at < QUIET_S).map(({ levels }) => levels[note] ?? FLOOR_DB);
  const quiet = Math.max(FLOOR_DB, ...before);
  return moments.some(({ at, levels }) => {
    if (at < start || at > start + HEARD_WITHIN_S) return false;
    const own = levels[note] ?? FLOOR_DB;
    const others = levels.filter((_, other) => other !== note);
    // A voice or a click is at all three places at once; a note is alone at its own.
    return own - quiet >= RISE_DB && own - Math.max(...others) >= ALONE_DB;
  });
}

/** Whether the notes were heard: two of three, each at its time and alone. */
export function echoIn(moments: readonly Moment[]): boolean {
  return noteStarts().filter((start, note) => isHeard(moments, note, start)).length >= 2;
}

/**
 * Play the notes on a speaker, and listen by a microphone if there is one.
 *
 * @returns Whether they were heard; null where nobody listened.
 * @throws DOMException when the speaker cannot be used.
 */
export async function playAndListen(
  track: MediaStreamTrack | null,
  speaker: string | null,
): Promise<boolean | null> {
  const audio = audioContext();
  const output = audio.createMediaStreamDestination();
  const player: SinkAudio = new Audio();
  player.srcObject = output.stream;
  if (speaker) await player.setSinkId?.(speaker);
  await player.play();
  try {
    schedule(audio, output);
    return track ? echoIn(await listen(audio, track)) : null;
  } finally {
    setTimeout(() => {
      player.srcObject = null;
    }, 1500);
  }
}

function schedule(audio: AudioContext, output: AudioNode): void {
  noteStarts().forEach((start, index) => {
    const from = audio.currentTime + start;
    const note = audio.createOscillator();
    const gain = audio.createGain();
    note.frequency.value = NOTES_HZ[index] ?? 0;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.25, from + 0.02);
    gain.gain.setValueAtTime(0.25, from + NOTE_S - 0.03);
    gain.gain.linearRampToValueAtTime(0, from + NOTE_S);
    note.connect(gain).connect(output);
    note.start(from);
    note.stop(from + NOTE_S);
  });
}

async function listen(audio: AudioContext, track: MediaStreamTrack): Promise<Moment[]> {
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = audio.createAnalyser();
  analyser.fftSize = 2048;
  analyser.smoothingTimeConstant = 0;
  source.connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const places = NOTES_HZ.map((hertz) => Math.round((hertz * analyser.fftSize) / audio.sampleRate));
  const moments: Moment[] = [];
  const begun = performance.now();
  const end = Math.max(...noteStarts()) + HEARD_WITHIN_S;
  for (let at = 0; at < end; at = (performance.now() - begun) / 1000) {
    analyser.getFloatFrequencyData(bins);
    moments.push({ at, levels: places.map((place) => bins[place] ?? FLOOR_DB) });
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  source.disconnect();
  return moments;
}
