/*
 * Lists that forget their oldest entries.
 */

/** Both lists as one, of which only the last `max` entries are kept. */
export function appendBounded<T>(kept: readonly T[], added: readonly T[], max: number): readonly T[] {
  const room = Math.max(0, max - added.length);
  return [...kept.slice(Math.max(0, kept.length - room)), ...added.slice(-max)];
}
