import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { drawPart } from "../client/crop";
import type { Lack, SharedPicture } from "../state/shared-picture";
import { deskTexts } from "../texts.desk";
import { onPicture } from "./frames";
import { useSeen } from "./use-seen";
import "../styles/live-picture.css";

interface SharedPartProps {
  shared: SharedPicture;
  source: string;
  label: string;
  /** Whether there is no picture to wait for, as the camera is off. */
  isOff?: boolean;
}

/** One source's part of the multiview, which is played for as long as one of them can be seen. */
export function SharedPart({ shared, source, label, isOff = false }: SharedPartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const seen = useSeen(box);
  const lack = useComputed(() => shared.lackOf(source)).value;
  const video = shared.video.value;
  useEffect(() => (seen.value ? shared.want() : undefined), [shared, seen.value]);
  useEffect(() => {
    if (!seen.value || !video) return;
    return onPicture(video, (now) => {
      const place = shared.placeOf(source, now);
      if (place && canvas.current) drawPart(video, canvas.current, place);
    });
  }, [shared, source, video, seen.value]);
  return (
    <div class="live-picture" ref={box}>
      <canvas ref={canvas} class="picture" role="img" aria-label={label} />
      <LackWords lack={isOff && lack !== "opening" ? null : lack} />
    </div>
  );
}

function LackWords({ lack }: { lack: Lack | null }): JSX.Element | null {
  if (lack === null) return null;
  if (lack === "opening") return <p class="live-picture-text">{deskTexts.pictureConnecting}</p>;
  return (
    <p class="live-picture-still" role="status">
      {lack === "still" ? deskTexts.pictureStill : deskTexts.pictureMissing}
    </p>
  );
}
