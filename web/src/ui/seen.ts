/** Whether an element can be seen. */

/** What has been opened is kept for whoever scrolls by. */
export const LINGER_MS = 3000;

/**
 * Tell whether an element is on screen in a page that is looked at.
 *
 * @param linger Milliseconds for which it counts as seen after it was: who scrolls by comes back.
 */
export function onSeen(element: Element | null, tell: (seen: boolean) => void, linger = 0): () => void {
  if (!element) return () => undefined;
  let inView = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (): void => {
    const seen = inView && document.visibilityState === "visible";
    clearTimeout(timer);
    if (seen) tell(true);
    else timer = setTimeout(() => tell(false), linger);
  };
  const observer = new IntersectionObserver((entries) => {
    inView = entries.at(-1)?.isIntersecting ?? false;
    say();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", say);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener("visibilitychange", say);
  };
}
