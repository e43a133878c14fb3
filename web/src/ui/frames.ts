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
