/*
 * Carries out one thing after another on many items, several at a time, and keeps account of how each ended. One that
 * fails does not stop the others.
 */
import { CommandFailure } from '../failure.ts';
import { forEachParallel } from '../parallel.ts';

const AT_ONCE = 8;

/** How the work on one thing ended; the reason in the words of whoever refused it. */
export interface Outcome<T> {
  readonly of: T;
  readonly done: boolean;
  readonly reason?: string;
}

/** Works on each; `work` returns why it could not be done, or undefined when it was. Outcomes are in the order given. */
export async function workThrough<T>(
  things: readonly T[],
  work: (thing: T) => Promise<string | undefined>,
  onProgress: (done: number, total: number) => void,
): Promise<readonly Outcome<T>[]> {
  const outcomes = new Map<number, Outcome<T>>();
  await forEachParallel([...things.entries()], AT_ONCE, async ([index, thing]) => {
    const reason = await reasonAgainst(work, thing);
    outcomes.set(index, reason === undefined ? { of: thing, done: true } : { of: thing, done: false, reason });
    onProgress(outcomes.size, things.length);
  });
  return [...outcomes.entries()].toSorted(([a], [b]) => a - b).map(([, outcome]) => outcome);
}

async function reasonAgainst<T>(
  work: (thing: T) => Promise<string | undefined>,
  thing: T,
): Promise<string | undefined> {
  try {
    return await work(thing);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return error.message;
  }
}
