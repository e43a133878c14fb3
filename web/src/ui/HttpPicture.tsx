import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Motion, watchMotion } from "../client/motion";
import { HearButton } from "./HearButton";
import { useHttpPlayer } from "./use-http-player";
import "../styles/picture.css";

interface HttpPictureProps {
  path: string;
  label: string;
  /** Whether its sound comes along; what stands on the button where the browser wants a click for that. */
  sound: string | null;
  /** Told whether it plays. */
  onPlays: (plays: boolean) => void;
  onMotion: (motion: Motion) => void;
  /** Told where it is played; what it returns is called at the end. */
  onVideo: (video: HTMLVideoElement) => (() => void) | undefined;
}

/** The picture of a hub path by HTTP. */
export function HttpPicture({
  path,
  label,
  sound,
  onPlays,
  onMotion,
  onVideo,
}: HttpPictureProps): JSX.Element {
  const element = useRef<HTMLVideoElement>(null);
  const isOpen = useRef(false);
  const { isBlocked, hear } = useHttpPlayer(element, path, sound !== null, (plays) => {
    isOpen.current = plays;
    onPlays(plays);
  });
  useEffect(() => {
    if (!element.current) return;
    const stop = watchMotion(element.current, () => isOpen.current, onMotion);
    return () => {
      stop();
      onMotion("none");
    };
  }, [path]);
  useEffect(() => (element.current ? onVideo(element.current) : undefined), []);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: live sound has no captions */}
      <video ref={element} class="picture" data-way="http" playsInline aria-label={label} />
      {sound !== null && isBlocked.value ? <HearButton word={sound} onClick={hear} /> : null}
    </>
  );
}
