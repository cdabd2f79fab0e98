/*
 * Causal contexts (version vectors): which writes have been seen, and what that says of two records. Relies on
 * dots of one actor being seen without gaps, and on no dot being used twice. Knows nothing of fields.
 */
import type { CausalRecord, Context, Dot } from './record.ts';

/** What an actor's name may be made of; without quotes and brackets, a context can be cut out of a text unparsed. */
export const ACTOR_PATTERN = /^[A-Za-z0-9._-]+$/;

/** How the writes seen by one record relate to those seen by another. */
export type ContextOrder = 'equal' | 'before' | 'after' | 'concurrent';

/** Whether the write has been seen. */
export function hasSeen(context: Context, [actor, counter]: Dot): boolean {
  return counter <= (context.get(actor) ?? 0);
}

/**
 * The dot of the actor's next write. The context has to hold all that the actor wrote before, else the dot
 * would be one that is used already; an actor that may have forgotten a record of this key, having dropped its
 * tombstone, starts above every counter that it dropped.
 *
 * @param startAbove the highest counter of the actor that stood in anything it dropped
 *
 * @throws RangeError when the actor's name is not an actor's, or its counter is used up
 */
export function nextDot(context: Context, actor: string, startAbove = 0): Dot {
  if (!ACTOR_PATTERN.test(actor)) throw new RangeError(`${JSON.stringify(actor)} is not the name of an actor`);
  const counter = (context.get(actor) ?? startAbove) + 1;
  if (!Number.isSafeInteger(counter)) throw new RangeError(`the counter of ${actor} is used up`);
  return [actor, counter];
}

/** `before`: b has seen all that a has, and more. `concurrent`: each has seen what the other has not. */
export function compare(a: Context, b: Context): ContextOrder {
  if (a === b) return 'equal';
  const aHasMore = exceeds(a, b);
  const bHasMore = exceeds(b, a);
  if (aHasMore) return bHasMore ? 'concurrent' : 'after';
  return bHasMore ? 'before' : 'equal';
}

/** All that either has seen: the larger counter of each actor. */
export function mergeContexts(a: Context, b: Context): Context {
  const merged = new Map(a);
  for (const [actor, counter] of b) {
    merged.set(actor, Math.max(counter, merged.get(actor) ?? 0));
  }
  return merged;
}

/**
 * How many writes the record has seen: the version that clients are shown. It grows with each write and each
 * merge that brings something new; two records of one version are not therefore equal.
 */
export function version(record: CausalRecord): number {
  let writes = 0;
  for (const counter of record.context.values()) writes += counter;
  return writes;
}

function exceeds(a: Context, b: Context): boolean {
  for (const [actor, counter] of a) {
    if (counter > (b.get(actor) ?? 0)) return true;
  }
  return false;
}
