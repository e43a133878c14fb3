/** A drawn picture sent in place of the camera, so that RTP never stops. */

const FRAMES_PER_SECOND = 5;

export interface Still {
  track: MediaStreamTrack;
  stop: () => void;
}

const initialsOf = (name: string): string =>
  name
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();

function draw(context: CanvasRenderingContext2D, name: string): void {
  const { width, height } = context.canvas;
  context.fillStyle = "#14171c";
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#262c36";
  context.beginPath();
  context.arc(width / 2, height * 0.44, height * 0.19, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = "#d7dce4";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `600 ${Math.round(height * 0.15)}px system-ui, sans-serif`;
  context.fillText(initialsOf(name), width / 2, height * 0.45);
  context.font = `500 ${Math.round(height * 0.06)}px system-ui, sans-serif`;
  context.fillText(name, width / 2, height * 0.76, width * 0.9);
}

/** A still with the guest's name, redrawn five times a second: a canvas only sends what is drawn. */
export function startStill(name: () => string, size: { width: number; height: number }): Still {
  const canvas = document.createElement("canvas");
  canvas.width = size.width;
  canvas.height = size.height;
  const context = canvas.getContext("2d");
  const [track] = canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
  if (!context || !track) throw new Error("this browser cannot draw");
  draw(context, name());
  const timer = setInterval(() => draw(context, name()), 1000 / FRAMES_PER_SECOND);
  return {
    track,
    stop: () => {
      clearInterval(timer);
      track.stop();
    },
  };
}
