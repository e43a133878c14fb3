/** Why what is held cannot be pressed, at the focus and under a finger, where a `title` is never seen. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import "../styles/reasons.css";

const GAP_PX = 6;

/** Its reason is its description already (`reasonOf`), so that this is for the eye alone. */
export function Reasons(): JSX.Element {
  const bubble = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    let held: HTMLElement | null = null;
    const about = (now: HTMLElement | null): void => {
      held = now;
      if (bubble.current) tell(bubble.current, held);
    };
    const look = ({ target }: Event): void =>
      about(target instanceof Element ? target.closest<HTMLElement>("[data-why]") : null);
    const leave = (): void => about(null);
    const follow = (): void => {
      if (held && bubble.current) place(bubble.current, held);
    };
    document.addEventListener("focusin", look);
    document.addEventListener("click", look);
    document.addEventListener("focusout", leave);
    // What is focused may be scrolled to: its reason goes along.
    document.addEventListener("scroll", follow, true);
    return () => {
      document.removeEventListener("focusin", look);
      document.removeEventListener("click", look);
      document.removeEventListener("focusout", leave);
      document.removeEventListener("scroll", follow, true);
    };
  }, []);
  return <p ref={bubble} class="reason" popover="manual" aria-hidden="true" />;
}

/** Show a reason beside what it is about, over open sheets too; nothing takes it away. */
function tell(bubble: HTMLElement, held: HTMLElement | null): void {
  bubble.textContent = held?.getAttribute("data-why") ?? "";
  if (!held) {
    bubble.hidePopover?.();
    return;
  }
  // Anew, so that it lies above a sheet that was opened after it.
  bubble.hidePopover?.();
  bubble.showPopover?.();
  place(bubble, held);
}

function place(bubble: HTMLElement, held: HTMLElement): void {
  const { left, top, bottom } = held.getBoundingClientRect();
  const { width, height } = bubble.getBoundingClientRect();
  const fits = bottom + GAP_PX + height <= innerHeight;
  bubble.style.left = `${Math.max(GAP_PX, Math.min(left, innerWidth - width - GAP_PX))}px`;
  bubble.style.top = `${fits ? bottom + GAP_PX : Math.max(GAP_PX, top - GAP_PX - height)}px`;
}
