import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { STAYS } from "../state/places";

/** For a place that stays while what is in it comes and goes. */
export const stays = { [STAYS]: "" } as const;

/** Whoever has the focus in what goes is left in the place around it, where the next key presses nothing. */
export function useLeaveFocus<T extends HTMLElement>(): RefObject<T | null> {
  const own = useRef<T>(null);
  useLayoutEffect(
    () => () => {
      const element = own.current;
      // A sheet that closes has a way back of its own.
      if (!element || element !== document.activeElement || element.closest("dialog, .drawer")) return;
      const around = placesOf(element);
      // Once it is gone, and maybe some of them with it.
      queueMicrotask(() => {
        if (document.activeElement === null || document.activeElement === document.body)
          stand(around.find((place) => place.isConnected));
      });
    },
    [],
  );
  return own;
}

/** The places around an element, the nearest first. */
function placesOf(element: Element): HTMLElement[] {
  const place = element.parentElement?.closest<HTMLElement>(`[${STAYS}]`);
  return place ? [place, ...placesOf(place)] : [];
}

/** Give a place the focus until it goes elsewhere; a pointer alone gives it none. */
function stand(place: HTMLElement | undefined): void {
  if (!place) return;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
}
