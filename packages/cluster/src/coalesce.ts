/*
 * Runs a task one at a time: whoever asks while it runs gets the next run, and they all share that one.
 * So there is never more than one run under way and one to come, however many ask.
 */

/** Resolves or rejects with a run that began after the call. */
export function coalesce(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function runNow(): Promise<void> {
    try {
      await run();
    } finally {
      current = undefined;
    }
  }

  async function runAfter(earlier: Promise<void>): Promise<void> {
    try {
      await earlier;
    } catch {
      // Told to those who asked for that one.
    }
    next = undefined;
    current = runNow();
    await current;
  }

  return async () => {
    if (current === undefined) {
      current = runNow();
      await current;
    } else {
      next ??= runAfter(current);
      await next;
    }
  };
}
