/** Keeps a phone's screen on, where the browser lets us: a sleeping phone sends nothing. */

let wanted = false;
let lock: WakeLockSentinel | null = null;
let isAsking = false;

async function ask(): Promise<void> {
  const isSeen = document.visibilityState === "visible";
  if (!wanted || lock || isAsking || !isSeen || !("wakeLock" in navigator)) return;
  isAsking = true;
  try {
    take(await navigator.wakeLock.request("screen"));
  } catch {
    lock = null;
  } finally {
    isAsking = false;
  }
}

function take(given: WakeLockSentinel): void {
  // It may come after the visit has ended.
  if (!wanted) return void given.release();
  lock = given;
  given.addEventListener("release", () => {
    lock = null;
  });
}

// The browser takes the lock away whenever the page is hidden.
document.addEventListener("visibilitychange", () => void ask());

export function keepAwake(on: boolean): void {
  wanted = on;
  if (on) void ask();
  else void lock?.release();
}
