import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { watchMotion } from "../client/motion";
import "../styles/picture.css";

interface PictureProps {
  stream: MediaStream | null;
  label: string;
  mirrored?: boolean;
  muted?: boolean;
  /** Told when the picture stands still, and when it moves again. */
  onStill?: (still: boolean) => void;
  /** Told whether the picture is higher than wide, as of a phone held upright. */
  onUpright?: (upright: boolean) => void;
}

/** A live picture; it starts by itself, which browsers only allow without sound. */
export function Picture(props: PictureProps): JSX.Element {
  const { stream, label, mirrored = false, muted = true, onStill, onUpright } = props;
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
  useEffect(() => {
    if (!element.current || !onStill) return;
    const stop = watchMotion(element.current, onStill);
    return () => {
      stop();
      onStill(false);
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
      onResize={(event) => onUpright?.(event.currentTarget.videoHeight > event.currentTarget.videoWidth)}
    />
  );
}
