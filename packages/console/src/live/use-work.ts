/*
 * Work that somebody began with a click and that must not be begun twice at once.
 */
import { useEffect, useRef, useState } from 'preact/hooks';

/** Work that may be under way. */
export interface Work {
  /** What is under way: the name that it was begun with; undefined when nothing is. */
  readonly busy: string | undefined;
  /** Begins it, unless something is under way already. It must deal with its errors. */
  readonly run: (name: string, work: () => Promise<void>) => void;
}

/** One piece of work at a time. */
export function useWork(): Work {
  const [busy, setBusy] = useState<string>();
  const isBusy = useRef(false);
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  const run = (name: string, work: () => Promise<void>): void => {
    if (isBusy.current) return;
    isBusy.current = true;
    setBusy(name);
    void work().finally(() => {
      isBusy.current = false;
      if (isShown.current) setBusy(undefined);
    });
  };
  return { busy, run };
}
