/** How bright a camera's picture is. */

const WIDTH = 32;
const HEIGHT = 18;
const FRAME_MS = 3000;

/** The mean brightness of pixels (red, green, blue, alpha …) as the eye weighs them: 0 to 255. */
export function brightness(pixels: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at + 3 < pixels.length; at += 4)
    sum += 0.2126 * (pixels[at] ?? 0) + 0.7152 * (pixels[at + 1] ?? 0) + 0.0722 * (pixels[at + 2] ?? 0);
  return pixels.length < 4 ? 0 : sum / Math.floor(pixels.length / 4);
}

/** Look at one picture of a track; null where none comes in time. */
export async function brightnessOf(track: MediaStreamTrack): Promise<number | null> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await Promise.race([
      video.play(),
      new Promise((_, reject) => setTimeout(() => reject(new Error("no picture")), FRAME_MS)),
    ]);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    const context = canvas.getContext("2d");
    if (!context || video.videoWidth === 0) return null;
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    return brightness(context.getImageData(0, 0, WIDTH, HEIGHT).data);
  } catch {
    return null;
  } finally {
    video.srcObject = null;
  }
}
