import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import "../styles/picture.css";

interface PictureProps {
  stream: MediaStream | null;
  label: string;
  mirrored?: boolean;
  muted?: boolean;
}

/** A live picture; it starts by itself, which browsers only allow without sound. */
export function Picture({ stream, label, mirrored = false, muted = true }: PictureProps): JSX.Element {
  const element = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    const video = element.current;
    if (!video) return;
    video.srcObject = stream;
    if (stream) void video.play().catch(() => undefined);
    return () => {
      video.srcObject = null;
    };
  }, [stream]);
  return (
    <video
      ref={element}
      class={mirrored ? "picture picture-mirrored" : "picture"}
      autoplay
      playsInline
      muted={muted}
      aria-label={label}
    />
  );
}
