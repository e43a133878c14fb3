import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type Motion, watchMotion } from "../client/motion";
import "../styles/picture.css";

interface PictureProps {
  stream: MediaStream | null;
  label: string;
  mirrored?: boolean;
  /** Whether there is a connection by which the picture comes. */
  isOpen?: boolean;
  /** Told whether the picture comes and moves. */
  onMotion?: (motion: Motion) => void;
  /** Told whether the picture is higher than wide, as of a phone held upright. */
  onUpright?: (upright: boolean) => void;
  /** Told where it is played; what it returns is called at the end. */
  onVideo?: (video: HTMLVideoElement) => (() => void) | undefined;
}

/** A live picture; it starts by itself, which browsers only allow without sound: that is `Aloud`'s. */
export function Picture(props: PictureProps): JSX.Element {
  const { stream, label, mirrored = false, isOpen = true, onMotion, onUpright, onVideo } = props;
  const element = useRef<HTMLVideoElement>(null);
  const open = useRef(isOpen);
  open.current = isOpen;
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
    if (!element.current || !onMotion) return;
    const stop = watchMotion(element.current, () => open.current, onMotion);
    return () => {
      stop();
      onMotion("none");
    };
  }, [stream]);
  useEffect(() => (element.current ? onVideo?.(element.current) : undefined), []);
  return (
    <video
      ref={element}
      class={mirrored ? "picture picture-mirrored" : "picture"}
      autoplay
      playsInline
      muted
      aria-label={label}
      onResize={(event) => onUpright?.(event.currentTarget.videoHeight > event.currentTarget.videoWidth)}
    />
  );
}
