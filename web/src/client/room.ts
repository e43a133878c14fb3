/** The part of the window that a phone's keyboard leaves. */

export interface Room {
  /** Pixels from the top of the page's own window. */
  top: number;
  height: number;
}

/** Tell the room now, and whenever it changes, until the function that is returned is called. */
export function watchRoom(tell: (room: Room) => void): () => void {
  const { visualViewport } = window;
  const say = (): void =>
    tell({ top: visualViewport?.offsetTop ?? 0, height: visualViewport?.height ?? window.innerHeight });
  const from: EventTarget = visualViewport ?? window;
  from.addEventListener("resize", say);
  from.addEventListener("scroll", say);
  say();
  return () => {
    from.removeEventListener("resize", say);
    from.removeEventListener("scroll", say);
  };
}
