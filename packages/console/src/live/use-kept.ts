/*
 * What was last shown, until what comes after it is there: a list that is exchanged for another must not make the page
 * jump.
 */
import { useEffect, useRef } from 'preact/hooks';

/** A value, or the last one that there was. */
export interface Kept<T> {
  readonly value: T | undefined;
  /** Whether it is what is asked for now. */
  readonly isCurrent: boolean;
}

/** Keeps the last value that was not undefined. */
export function useKept<T>(value: T | undefined): Kept<T> {
  const last = useRef(value);
  useEffect(() => {
    if (value !== undefined) last.current = value;
  }, [value]);
  return { value: value ?? last.current, isCurrent: value !== undefined };
}
