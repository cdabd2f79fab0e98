/*
 * The one file of the engine that touches the event loop's own timer.
 */

/** Resolves after whatever input is waiting has been handled. */
export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
