/** A deadline for work that takes a signal. */

import { ApiError } from "./api";

/**
 * Do `work` with a signal of its own, which fires with `signal` or after so many milliseconds.
 *
 * @throws ApiError `unreachable` when it was too late; whatever `work` throws else.
 */
export async function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const stop = (): void => limit.abort(signal.reason);
  const timer = setTimeout(() => limit.abort(new DOMException("too late", "TimeoutError")), milliseconds);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await work(limit.signal);
  } catch (error) {
    if (!limit.signal.aborted || signal.aborted) throw error;
    throw new ApiError(0, "unreachable", "no answer in time");
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
