import { useLayoutEffect } from "preact/hooks";

/** Where the focus goes back to, while it is on its way there. */
let due: Element | null = null;

/** Whoever closes what has opened over the page is where they were before. */
export function useFocusBack(): void {
  useLayoutEffect(() => {
    // What takes another one's place also goes back to where that came from.
    const before = isNobodys() ? (due ?? document.activeElement) : document.activeElement;
    due = null;
    return () => {
      due = before;
      // Once what was hidden is there again.
      requestAnimationFrame(() => {
        if (due !== before) return;
        due = null;
        if (isNobodys() && before instanceof HTMLElement) before.focus();
      });
    };
  }, []);
}

const isNobodys = (): boolean => {
  const { activeElement, body } = document;
  return activeElement === null || activeElement === body;
};
