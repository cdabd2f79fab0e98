/*
 * A page of a listing, by its number, kept fresh. Remembers where pages begin, so that going on costs one call.
 */
import { useRef } from 'preact/hooks';
import { useKept, type Kept } from '../live/use-kept.ts';
import { usePolled } from '../live/use-polled.ts';
import { findPage, readPage, type Listing } from './read-page.ts';

interface PagedRequest<T> {
  readonly listing: (signal: AbortSignal) => Listing<T>;
  /** Tells this listing from others. */
  readonly about: string;
  /** From 1. */
  readonly number: number;
  readonly size: number;
  readonly everyMs: number;
}

/** A page that is shown. */
interface ShownPage<T> {
  readonly entries: readonly T[];
  readonly hasNext: boolean;
  readonly number: number;
}

/** The page, or the last one until it is there. */
export interface Paged<T> extends Kept<ShownPage<T>> {
  readonly error: unknown;
  readonly refresh: () => void;
}

/** Reads the page again and again. */
export function usePaged<T>({ listing, about, number, size, everyMs }: PagedRequest<T>): Paged<T> {
  const starts = useRef(new Map<string, string | undefined>());
  const startKey = (page: number): string => `${page} ${about}`;
  const ask = async (signal: AbortSignal): Promise<ShownPage<T>> => {
    const entriesOf = listing(signal);
    const key = startKey(number);
    const known = number === 1 || starts.current.has(key);
    const found = known ? { after: starts.current.get(key) } : await findPage(entriesOf, number, size);
    if (found === undefined) return { entries: [], hasNext: false, number };
    const { entries, next } = await readPage(entriesOf, found.after, size);
    starts.current.set(key, found.after);
    if (next !== undefined) starts.current.set(startKey(number + 1), next);
    return { entries, hasNext: next !== undefined, number };
  };
  const { value, error, refresh } = usePolled(ask, everyMs, startKey(number));
  return { ...useKept(value), error, refresh };
}
