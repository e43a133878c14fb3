import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { adjusted, pixelsPerSecond, type Shown, wordsIn } from "../../state/shown";
import { backstageTexts } from "../../texts.guest-backstage";
import { onFrame } from "../../ui/frames";
import "../../styles/prompter.css";

const say = backstageTexts.prompter;
const FASTER = 20;
const LARGER = 1;
/** By hand or key: not what a browser rounds. */
const MOVED_PX = 3;

interface PrompterProps {
  prompter: NonNullable<Shown["prompter"]>;
  onChange: (prompter: Shown["prompter"]) => void;
}

/** A text that runs by as fast as it is read; the guest stops it, goes back in it, and has it larger or slower. */
export function Prompter({ prompter, onChange }: PrompterProps): JSX.Element {
  const runs = useSignal(true);
  const scroller = useRef<HTMLElement>(null);
  const words = useRef<HTMLParagraphElement>(null);
  const { text, speed, size } = prompter;
  const isRunning = runs.value;
  useEffect(() => {
    runs.value = true;
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [text]);
  // At once: a text that is said to stand must not run on for one more frame.
  useLayoutEffect(() => {
    if (!scroller.current || !words.current || !isRunning) return;
    return runText(scroller.current, words.current, { count: wordsIn(text), speed });
  }, [text, speed, size, isRunning]);
  return (
    <div class="prompter">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys too */}
      <section class="prompter-scroller" ref={scroller} aria-label={say.title} tabIndex={0}>
        <p ref={words} style={{ fontSize: `${size}dvh` }}>
          {text}
        </p>
      </section>
      <div class="prompter-bar">
        <button
          type="button"
          class="button button-primary"
          onClick={() => {
            runs.value = !isRunning;
          }}
        >
          {isRunning ? say.pause : say.go}
        </button>
        <Change word={say.slower} onClick={() => onChange(adjusted(prompter, { speed: -FASTER }))} />
        <Change word={say.faster} onClick={() => onChange(adjusted(prompter, { speed: FASTER }))} />
        <Change word={say.smaller} onClick={() => onChange(adjusted(prompter, { size: -LARGER }))} />
        <Change word={say.larger} onClick={() => onChange(adjusted(prompter, { size: LARGER }))} />
        <Change word={say.close} name={say.closeLong} onClick={() => onChange(null)} />
      </div>
    </div>
  );
}

interface ChangeProps {
  word: string;
  /** Where the word alone says too little. */
  name?: string;
  onClick: () => void;
}

function Change({ word, name, onClick }: ChangeProps): JSX.Element {
  return (
    <button type="button" class="button" aria-label={name} onClick={onClick}>
      {word}
    </button>
  );
}

interface Pace {
  /** Of the words in the text. */
  count: number;
  /** Words a minute. */
  speed: number;
}

/** Let a text run by until the function that is returned is called. */
function runText(scroller: HTMLElement, words: HTMLElement, { count, speed }: Pace): () => void {
  let at = scroller.scrollTop;
  let before = performance.now();
  return onFrame((now) => {
    if (Math.abs(scroller.scrollTop - at) > MOVED_PX) at = scroller.scrollTop;
    const most = scroller.scrollHeight - scroller.clientHeight;
    const step = (pixelsPerSecond(count, words.clientHeight, speed) * Math.max(0, now - before)) / 1000;
    at = Math.min(at + step, Math.max(0, most));
    before = now;
    scroller.scrollTop = at;
  });
}
