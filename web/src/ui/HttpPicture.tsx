import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { playByHttp } from "../client/http-picture";
import { type Motion, watchMotion } from "../client/motion";
import "../styles/picture.css";

interface HttpPictureProps {
  path: string;
  label: string;
  /** Told whether a picture comes. */
  onPlays: (plays: boolean) => void;
  onMotion: (motion: Motion) => void;
  /** Told where it is played; what it returns is called at the end. */
  onVideo: (video: HTMLVideoElement) => (() => void) | undefined;
}

/** The picture of a hub path by HTTP, without its sound. */
export function HttpPicture({ path, label, onPlays, onMotion, onVideo }: HttpPictureProps): JSX.Element {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const over = new AbortController();
    let isOpen = false;
    const stop = watchMotion(video, () => isOpen, onMotion);
    void playByHttp(video, path, over.signal, (plays) => {
      isOpen = plays;
      onPlays(plays);
    });
    return () => {
      over.abort();
      stop();
      onPlays(false);
      onMotion("none");
    };
  }, [path]);
  useEffect(() => (element.current ? onVideo(element.current) : undefined), []);
  return <video ref={element} class="picture" data-way="http" playsInline muted aria-label={label} />;
}
