/*
 * The clock and the timers of the pages. No other file touches them.
 */

/** Milliseconds since 1970. */
export function nowMs(): number {
  return Date.now();
}

/** Does something once after a while; the function that it returns calls it off. */
export function after(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}

/** Resolves after a while, or as soon as the signal is aborted. */
export async function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const cancel = after(delayMs, resolve);
    signal?.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}
