/** Whether an element can be seen. */

/** Tell whether an element is on screen in a page that is looked at. */
export function onSeen(element: Element | null, tell: (seen: boolean) => void): () => void {
  if (!element) return () => undefined;
  let inView = false;
  const say = (): void => tell(inView && document.visibilityState === "visible");
  const observer = new IntersectionObserver((entries) => {
    inView = entries.at(-1)?.isIntersecting ?? false;
    say();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", say);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", say);
  };
}
