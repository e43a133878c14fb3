import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LinkState } from "../client/lasting";
import { isWithoutUdp, type Reach } from "../state/reach";

/** A network that lets UDP through has connected by then. */
const HTTP_AFTER_MS = 4000;

interface Wanted {
  isWanted: boolean;
  /** How far WebRTC is; undefined before it is tried. */
  link: LinkState | undefined;
  /** Whether it is one of the pictures whose number is bounded. */
  isLook?: boolean;
}

interface ByHttp {
  isTaken: boolean;
  /** Whether it plays. */
  plays: boolean;
  /** Tells whether it plays. */
  onPlays: (plays: boolean) => void;
}

/** Whether to go by HTTP: at once where WebRTC is known not to get through, else once it is late. */
export function useHttp(reach: Reach, { isWanted, link, isLook = false }: Wanted): ByHttp {
  const isLate = useSignal(false);
  const plays = useSignal(false);
  const isConnected = link?.kind === "connected";
  const isMissing = isWanted && !isConnected;
  const isTaken = isMissing && (isLate.value || reach.isBlocked.value);
  const isBlocked = isWithoutUdp(link);
  useEffect(() => {
    if (!isMissing) return;
    const timer = setTimeout(() => {
      isLate.value = true;
    }, HTTP_AFTER_MS);
    return () => {
      clearTimeout(timer);
      isLate.value = false;
    };
  }, [isMissing]);
  useEffect(() => (isConnected ? reach.connects() : undefined), [reach, isConnected]);
  useEffect(() => (isTaken ? reach.takes(isLook) : undefined), [reach, isTaken, isLook]);
  useEffect(() => {
    if (plays.value) reach.plays(isBlocked);
  }, [reach, plays.value, isBlocked]);
  const onPlays = (now: boolean): void => {
    plays.value = now;
  };
  return { isTaken, plays: plays.value, onPlays };
}
