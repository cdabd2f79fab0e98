/*
 * Work that somebody begins with clicks, done one after the other: a second click is not lost because the first is
 * still on its way.
 */
import { useEffect, useRef, useState } from 'preact/hooks';

/** Work that waits or is under way. */
export interface WorkQueue {
  /** Whether work of this name waits or is under way. */
  readonly isBusy: (name: string) => boolean;
  /** Does it after what came before. It must deal with its errors. */
  readonly add: (name: string, work: () => Promise<void>) => void;
}

/** More than anybody clicks before noticing that nothing moves. */
const WAITING_MAX = 50;

/** A queue that lives as long as what shows it. */
export function useQueue(): WorkQueue {
  const [waiting, setWaiting] = useState<readonly string[]>([]);
  const tail = useRef<Promise<void>>(Promise.resolve());
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  const doAndLeave = async (name: string, before: Promise<void>, work: () => Promise<void>): Promise<void> => {
    await before;
    await work();
    if (isShown.current) setWaiting((names) => names.toSpliced(names.indexOf(name), 1));
  };
  const add = (name: string, work: () => Promise<void>): void => {
    if (waiting.length >= WAITING_MAX) return;
    setWaiting((names) => [...names, name]);
    tail.current = doAndLeave(name, tail.current, work);
  };
  return { isBusy: (name) => waiting.includes(name), add };
}
