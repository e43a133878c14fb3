/** A chime of two soft notes. */

import { audioContext, playNotes } from "./sound";

/** Upwards for somebody who comes, downwards for something that fails. */
export type Notes = "up" | "down";

const HERTZ: Record<Notes, readonly number[]> = { up: [587.33, 880], down: [587.33, 440] };
/** A browser that lets sound start does so by then. */
const START_MS = 500;

/**
 * Play a chime; where the browser does not let sound start, none is played, then or later.
 *
 * @param tellBlocked Told when the browser keeps sound back, and when it does so no more.
 */
export async function ring(notes: Notes, tellBlocked: (blocked: boolean) => void): Promise<void> {
  const audio = audioContext();
  const started = audio.resume();
  const late = new Promise<"late">((resolve) => setTimeout(resolve, START_MS, "late"));
  if ((await Promise.race([started, late])) !== "late") {
    playNotes(audio, audio.destination, HERTZ[notes]);
    return;
  }
  tellBlocked(true);
  await started;
  tellBlocked(false);
}
