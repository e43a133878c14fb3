import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Reach } from "../state/reach";

/** A network that lets UDP through has connected by then. */
const HTTP_AFTER_MS = 4000;

interface Wanted {
  isWanted: boolean;
  /** Whether WebRTC is connected. */
  isConnected: boolean;
  /** Whether it is one of the pictures whose number is bounded. */
  isLook?: boolean;
}

/** Whether to go by HTTP: at once where WebRTC is known not to get through, else once it is late. */
export function useHttp(reach: Reach, { isWanted, isConnected, isLook = false }: Wanted): boolean {
  const isLate = useSignal(false);
  const isMissing = isWanted && !isConnected;
  const isTaken = isMissing && (isLate.value || reach.isBlocked.value);
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
  return isTaken;
}
