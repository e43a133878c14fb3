/** Whether a picture moves: a connection may look well while nothing new comes. */

const TICK_MS = 250;
/** Told within 2 s of the last picture. */
const STILL_MS = 1200;

/**
 * Tell when a picture that has begun stands still, and when it moves again.
 *
 * @returns Ends it.
 */
export function watchMotion(video: HTMLVideoElement, tell: (still: boolean) => void): () => void {
  let frames = 0;
  let changed = performance.now();
  let still = false;
  const timer = setInterval(() => {
    const now = video.getVideoPlaybackQuality().totalVideoFrames;
    if (now !== frames) {
      frames = now;
      changed = performance.now();
    }
    const stands = frames > 0 && performance.now() - changed >= STILL_MS;
    if (stands !== still) tell(stands);
    still = stands;
  }, TICK_MS);
  return () => clearInterval(timer);
}
