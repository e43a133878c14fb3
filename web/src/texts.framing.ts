/** Every word that the operator's page says of a source's framing and a still's time. */

export const framingTexts = {
  open: "Picture",
  openOf: (name: string) => `Picture of ${name}`,
  title: (name: string) => `Picture of ${name}`,
  everywhere: "What is cut off here is cut off in every scene.",
  canvas: "All of the picture",
  canvasHint:
    "Pull the sides to cut off; drag the frame to move what is enlarged; turn the wheel over it to enlarge.",
  part: (x: number, y: number, width: number, height: number) =>
    `Shown: ${x} % from the left, ${y} % from the top, ${width} % wide, ${height} % high. Arrows move it, plus and minus enlarge`,
  result: "As it will look",
  zoom: "Enlarged (times)",
  across: "To the right",
  down: "Down",
  offset: "Which part",
  time: "Time on air",
  leaves: "It leaves by itself",
  leavesAfter: "After (s)",
  stays: "Counted from when it comes on program; what stands in for it is shown then.",
  reset: "Reset",
  onAir: "This source is on air.",
  saveOnAir: "Change it on air",
  overtaken: "Somebody else has changed it meanwhile. Saving puts yours in its place.",
  gone: "Somebody else has removed this source.",
  slate: "Shown when no picture comes",
  ownSlate: "Its name on its colour",
  noStills: "A still that you upload under Media can stand here instead.",
  noPicture: "No picture yet.",
} as const;
