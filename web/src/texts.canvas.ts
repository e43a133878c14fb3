/** Every word that the operator's page says of the second canvas. */

import type { CanvasName } from "./client/types";

export const canvasTexts = {
  title: "Second canvas",
  canvas: "Canvas",
  edited: "Canvas that is arranged",
  names: { program: "Program", second: "Second canvas" } satisfies Record<CanvasName, string>,
  size: (width: number, height: number) => `${width} × ${height}`,
  opening: "Starting the second canvas…",
  failed: "No picture of the second canvas at the moment. Trying again.",
  follows: "It shows what program shows, cut at the same frame, with the same sound.",
  automatic: "Automatic",
  automaticHint: "The mixer lays this scene's pictures out so that each is seen whole. Shown as it is saved.",
  own: "Arranged by hand",
  arrange: "Arrange by hand",
  toAutomatic: "Back to automatic",
} as const;
