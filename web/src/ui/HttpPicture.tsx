import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { playByHttp } from "../client/http-picture";
import { watchMotion } from "../client/motion";
import "../styles/picture.css";

interface HttpPictureProps {
  path: string;
  label: string;
  /** Told whether a picture comes. */
  onPlays: (plays: boolean) => void;
  onStill: (still: boolean) => void;
}

/** The picture of a hub path by HTTP, without its sound. */
export function HttpPicture({ path, label, onPlays, onStill }: HttpPictureProps): JSX.Element {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const over = new AbortController();
    const stop = watchMotion(video, onStill);
    void playByHttp(video, path, over.signal, onPlays);
    return () => {
      over.abort();
      stop();
      onPlays(false);
      onStill(false);
    };
  }, [path]);
  return <video ref={element} class="picture" data-way="http" playsInline muted aria-label={label} />;
}
