/** A part of a moving picture, drawn for itself. */

/** In fractions of the whole. */
export interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Draw a part of what a video shows now, in the part's own pixels. */
export function drawPart(video: HTMLVideoElement, canvas: HTMLCanvasElement, part: Part): void {
  const [left, top] = [part.x * video.videoWidth, part.y * video.videoHeight];
  const width = Math.round(part.width * video.videoWidth);
  const height = Math.round(part.height * video.videoHeight);
  if (width === 0 || height === 0) return;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext("2d", { alpha: false })?.drawImage(video, left, top, width, height, 0, 0, width, height);
}
