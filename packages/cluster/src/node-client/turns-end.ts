/*
 * Runs what waits for the end of a turn of the event loop together, so that what it writes can leave together too. Callbacks
 * of setImmediate alone would each be followed by the writes that it caused.
 */

/** What waits, by the number of turns that it waits for. */
const waiting = new Map<number, (() => void)[]>();

/**
 * Runs the callback, which must not throw, once all was looked at that arrived in so many turns of the event loop, this
 * one included. It joins those that wait for as many already, and so may wait for fewer.
 */
export function atTurnsEnd(turns: number, callback: () => void): void {
  const callbacks = waiting.get(turns);
  if (callbacks !== undefined) {
    callbacks.push(callback);
    return;
  }
  waiting.set(turns, [callback]);
  pass(turns, turns);
}

function pass(left: number, turns: number): void {
  setImmediate(() => (left > 1 ? pass(left - 1, turns) : runAll(turns)));
}

function runAll(turns: number): void {
  const callbacks = waiting.get(turns) ?? [];
  waiting.delete(turns);
  for (const callback of callbacks) callback();
}
