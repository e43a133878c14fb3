/** One animation loop for everything that is drawn outside the component tree. */

type Draw = (now: number) => void;

const drawing = new Set<Draw>();
let frame = 0;

function all(now: number): void {
  for (const draw of drawing) draw(now);
  frame = drawing.size > 0 ? requestAnimationFrame(all) : 0;
}

/** Call `draw` at the screen's rate until the function that is returned is called. */
export function onFrame(draw: Draw): () => void {
  drawing.add(draw);
  if (frame === 0) frame = requestAnimationFrame(all);
  return () => void drawing.delete(draw);
}

/** Call `draw` for each new picture of a video until the function that is returned is called. */
export function onPicture(video: HTMLVideoElement, draw: Draw): () => void {
  // Firefox knows it since 132.
  if (!("requestVideoFrameCallback" in video)) return onFrame(draw);
  let handle = 0;
  const next = (now: number): void => {
    draw(now);
    handle = video.requestVideoFrameCallback(next);
  };
  handle = video.requestVideoFrameCallback(next);
  return () => video.cancelVideoFrameCallback(handle);
}
