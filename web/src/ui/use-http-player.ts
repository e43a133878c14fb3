import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { unexpected } from "../client/api";
import { playByHttp } from "../client/http-picture";
import { playOrMute } from "../client/player";

interface HttpPlayer {
  /** Whether the browser wants a click before it sounds. */
  isBlocked: ReadonlySignal<boolean>;
  /** What the click does. */
  hear: () => void;
}

/** Play a hub path by HTTP in an element for as long as it is there. */
export function useHttpPlayer(
  element: RefObject<HTMLMediaElement | null>,
  path: string,
  sound: boolean,
  onPlays: (plays: boolean) => void,
): HttpPlayer {
  const isBlocked = useSignal(false);
  useEffect(() => {
    const player = element.current;
    if (!player) return;
    const over = new AbortController();
    const onBlocked = (blocked: boolean): void => {
      isBlocked.value = blocked;
    };
    void playByHttp(player, { path, sound, onPlays, onBlocked }, over.signal);
    return () => {
      over.abort();
      isBlocked.value = false;
      onPlays(false);
    };
  }, [path, sound]);
  const hear = async (): Promise<void> => {
    const player = element.current;
    if (!player) return;
    player.muted = false;
    try {
      const started = await playOrMute(player);
      isBlocked.value = started !== "plays";
      if (started !== "waits") onPlays(true);
    } catch (error) {
      unexpected(error);
    }
  };
  return { isBlocked, hear: () => void hear() };
}
