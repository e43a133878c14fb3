import type { TargetedPointerEvent } from "preact";

interface Pull {
  /** What is pulled over; distances are fractions of it. */
  box: HTMLElement;
  follow: (dx: number, dy: number, move: PointerEvent, box: DOMRect) => void;
  /** The hand has let go. */
  leave?: () => void;
}

/** Follow a hand that has taken hold of an element, until it lets go; false where it has not. */
export function pull(event: TargetedPointerEvent<HTMLElement>, { box, follow, leave }: Pull): boolean {
  if (event.button !== 0) return false;
  const held = event.currentTarget;
  const { clientX, clientY, pointerId } = event;
  const rect = box.getBoundingClientRect();
  const move = (moved: PointerEvent): void =>
    follow((moved.clientX - clientX) / rect.width, (moved.clientY - clientY) / rect.height, moved, rect);
  const end = (): void => {
    held.removeEventListener("pointermove", move);
    leave?.();
  };
  held.setPointerCapture(pointerId);
  held.addEventListener("pointermove", move);
  held.addEventListener("lostpointercapture", end, { once: true });
  return true;
}
