/** Whether a picture moves: a connection may look well while nothing new comes, or nothing at all. */

const TICK_MS = 250;
/** Told within 2 s of the last picture. */
const STILL_MS = 1200;
/** A first picture may wait for a whole one: it is missed later than a next one. */
const MISSING_MS = 2000;

/** Before the first picture: none, and missing where it is overdue. Then it moves, or stands still. */
export type Motion = "none" | "missing" | "moves" | "still";

/** What a picture does that has shown so many frames, the newest so long ago. */
function motionOf(frames: number, quietMs: number): Motion {
  if (frames > 0) return quietMs >= STILL_MS ? "still" : "moves";
  return quietMs >= MISSING_MS ? "missing" : "none";
}

/**
 * Tell each time that a picture does something else; at first there is none.
 *
 * @param isOpen Whether there is a connection by which a first picture could come.
 * @returns Ends it.
 */
export function watchMotion(
  video: Pick<HTMLVideoElement, "getVideoPlaybackQuality">,
  isOpen: () => boolean,
  tell: (motion: Motion) => void,
): () => void {
  let frames = 0;
  let changed = performance.now();
  let told: Motion = "none";
  const timer = setInterval(() => {
    const now = video.getVideoPlaybackQuality().totalVideoFrames;
    if (now !== frames || (now === 0 && !isOpen())) changed = performance.now();
    frames = now;
    const motion = motionOf(frames, performance.now() - changed);
    if (motion !== told) tell(motion);
    told = motion;
  }, TICK_MS);
  return () => clearInterval(timer);
}
