import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { HearButton } from "./HearButton";
import { useHttpPlayer } from "./use-http-player";

interface HttpSoundProps {
  path: string;
  /** On the button that is there where the browser does not start sound by itself. */
  word: string;
  /** Told whether it plays. */
  onPlays: (plays: boolean) => void;
  /** Told whether the browser wants a click before it sounds. */
  onBlocked: (blocked: boolean) => void;
}

/** The sound of a hub path by HTTP. */
export function HttpSound({ path, word, onPlays, onBlocked }: HttpSoundProps): JSX.Element {
  const element = useRef<HTMLAudioElement>(null);
  const { isBlocked, hear } = useHttpPlayer(element, path, true, onPlays);
  useEffect(() => onBlocked(isBlocked.value), [isBlocked.value]);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: live sound has no captions */}
      <audio ref={element} data-way="http" />
      {isBlocked.value ? <HearButton word={word} onClick={hear} /> : null}
    </>
  );
}
