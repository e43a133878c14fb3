import type { JSX, RefObject } from "preact";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { decimal } from "../state/format";
import { type Levels, placeOf } from "../state/levels";
import { onFrame } from "./frames";
import "../styles/sound-meter.css";

/** From full scale to silence in three seconds, as peak meters fall. */
const FALL_PER_MS = 1 / 3000;
const HOLD_MS = 1500;

/** One side of a meter: where it stands, and the highest place that it lately had. */
class Side {
  #at = 0;
  #top = 0;
  #held = 0;

  constructor(private readonly element: HTMLElement) {}

  draw(level: number, now: number, passed: number): void {
    const before = [this.#at, this.#top];
    this.#at = Math.max(level, this.#at - passed * FALL_PER_MS);
    if (this.#at >= this.#top) {
      this.#top = this.#at;
      this.#held = now;
    } else if (now - this.#held > HOLD_MS) {
      this.#top = Math.max(this.#at, this.#top - passed * FALL_PER_MS);
    }
    if (this.#at === before[0] && this.#top === before[1]) return;
    const [cover, top] = this.element.children as unknown as HTMLElement[];
    if (cover) cover.style.transform = `scaleY(${(1 - this.#at).toFixed(3)})`;
    if (top) top.style.transform = `translateY(${((1 - this.#top) * 100).toFixed(1)}%)`;
  }
}

interface SoundMeterProps {
  levels: Levels;
  source: string;
  label: string;
}

/** Peaks of both sides with what they lately were; drawn outside the component tree. */
export function SoundMeter({ levels, source, label }: SoundMeterProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const sides = [...(box.current?.children ?? [])].map((each) => new Side(each as HTMLElement));
    let last = performance.now();
    return onFrame((now) => {
      const peaks = levels.peaksOf(source);
      sides.forEach((side, index) => {
        side.draw(placeOf(peaks[index] ?? peaks[0]), now, now - last);
      });
      last = now;
    });
  }, [levels, source]);
  return (
    <div class="sound-meter" ref={box} role="img" aria-label={label}>
      {["left", "right"].map((side) => (
        <div key={side} class="sound-meter-side">
          <div class="sound-meter-cover" />
          <div class="sound-meter-top" />
        </div>
      ))}
    </div>
  );
}

const FIGURES_EVERY_MS = 200;
const NOTHING = "–";

/** Keeps an element's text up to date, outside the component tree. */
function useFigures(words: () => string): RefObject<HTMLSpanElement | null> {
  const text = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      const shown = words();
      if (text.current && text.current.textContent !== shown) text.current.textContent = shown;
    }, FIGURES_EVERY_MS);
    return () => clearInterval(timer);
  }, [words]);
  return text;
}

/** Program's momentary loudness in figures. */
export function Loudness({ levels, label }: { levels: Levels; label: string }): JSX.Element {
  const words = useCallback(() => {
    const value = levels.loudness();
    return value === null || value < -70 ? NOTHING : decimal(value, 1).replace("-", "−");
  }, [levels]);
  return (
    <span ref={useFigures(words)} role="img" aria-label={label}>
      {NOTHING}
    </span>
  );
}

/** By how much a source is turned down now, in figures. */
export function Reduction({ levels, source }: { levels: Levels; source: string }): JSX.Element {
  const words = useCallback(() => `${decimal(levels.reductionOf(source), 1)} dB`, [levels, source]);
  return <span ref={useFigures(words)}>{words()}</span>;
}

const DEEPEST_DB = 20;

/** A bar from above, ten times a second: by how much gate and compressor turn a source down. */
export function ReductionMeter({ levels, source, label }: SoundMeterProps): JSX.Element {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let before = 0;
    return onFrame(() => {
      const at = Math.min(1, levels.reductionOf(source) / DEEPEST_DB);
      if (at === before || !bar.current) return;
      before = at;
      bar.current.style.transform = `scaleY(${at.toFixed(3)})`;
    });
  }, [levels, source]);
  return (
    <div class="reduction-meter" role="img" aria-label={label}>
      <div class="reduction-bar" ref={bar} />
    </div>
  );
}
