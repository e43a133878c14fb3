/** Keeps a phone's screen on, where the browser lets us: a sleeping phone sends nothing. */

let wanted = false;
let lock: WakeLockSentinel | null = null;

async function ask(): Promise<void> {
  if (!wanted || lock || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => {
      lock = null;
    });
  } catch {
    lock = null;
  }
}

// The browser takes the lock away whenever the page is hidden.
document.addEventListener("visibilitychange", () => void ask());

export function keepAwake(on: boolean): void {
  wanted = on;
  if (on) void ask();
  else void lock?.release();
}
