import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Meter } from "../client/sound";
import "../styles/level-meter.css";

const FALL_PER_FRAME = 0.02;

/** The colours stay where they are: what is loud is red, and nothing else. */
const clipOf = (level: number): string => `inset(0 ${(100 * (1 - level)).toFixed(1)}% 0 0)`;

/** The microphone's level, drawn outside the component tree at the screen's rate. */
export function LevelMeter({ track, label }: { track: MediaStreamTrack | null; label: string }): JSX.Element {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!track) return;
    const meter = new Meter(track);
    let shown = 0;
    let frame = requestAnimationFrame(function draw() {
      shown = Math.max(meter.level(), shown - FALL_PER_FRAME);
      if (bar.current) bar.current.style.clipPath = clipOf(shown);
      frame = requestAnimationFrame(draw);
    });
    return () => {
      cancelAnimationFrame(frame);
      meter.close();
      if (bar.current) bar.current.style.clipPath = clipOf(0);
    };
  }, [track]);
  return (
    <div class="level-meter" role="img" aria-label={label}>
      <div class="level-meter-bar" ref={bar} />
    </div>
  );
}
