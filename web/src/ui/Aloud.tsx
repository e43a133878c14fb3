import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { unexpected } from "../client/api";
import { chooseSpeaker, playAloud } from "../client/player";
import { HearButton } from "./HearButton";

interface AloudProps {
  stream: MediaStream;
  /** 0 to 1. */
  volume?: number;
  speaker?: string | null;
  /** On the button that is there where the browser does not start sound by itself. */
  word: string;
  onBlocked?: (blocked: boolean) => void;
}

/** The sound of a stream. */
export function Aloud({ stream, volume = 1, speaker = null, word, onBlocked }: AloudProps): JSX.Element {
  const element = useRef<HTMLAudioElement>(null);
  const blocked = useSignal(false);
  const play = async (): Promise<void> => {
    if (!element.current) return;
    try {
      blocked.value = !(await playAloud(element.current, stream));
    } catch (error) {
      unexpected(error);
    }
  };
  useEffect(() => void play(), [stream]);
  useEffect(() => onBlocked?.(blocked.value), [blocked.value]);
  useEffect(() => {
    if (element.current) element.current.volume = volume;
  }, [volume]);
  useEffect(() => {
    if (element.current) void chooseSpeaker(element.current, speaker);
  }, [speaker]);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: live sound has no captions */}
      <audio
        ref={element}
        onPause={() => {
          // The machine needs its sound for something else, such as a call.
          if (element.current && stream.active) blocked.value = true;
        }}
      />
      {blocked.value ? <HearButton word={word} onClick={() => void play()} /> : null}
    </>
  );
}
