/*
 * Watches the replicas of a key: asks them again and again, and at once when one of them was repaired.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { whereIs } from '../../api/cluster.ts';
import { onClusterEvent, recentEvents } from '../../live/events.ts';
import { usePolled } from '../../live/use-polled.ts';
import { noteRepair, watchKey, type WatchedKey } from './replica-history.ts';

/** A key that is watched; `watched` is undefined until its replicas were asked, and when there is no key. */
export interface Watching {
  readonly key: string;
  readonly watched: WatchedKey | undefined;
  readonly error: unknown;
  /** Asks at once. */
  readonly refresh: () => void;
}

/** A replica that was away is repaired within a second of its return: to see it stale, one has to look often. */
const EVERY_MS = { calm: 600, close: 120 } as const;

/** Watches a key, or nothing while it is empty. */
export function useWatchedKey(key: string, how: keyof typeof EVERY_MS): Watching {
  const known = useRef<WatchedKey | undefined>(undefined);
  const [, showNoted] = useState<WatchedKey>();
  const { error, value, refresh } = usePolled(
    async (signal) => {
      if (key === '') return undefined;
      const location = await whereIs(key, signal);
      const isNew = known.current?.location.key !== location.key;
      known.current = watchKey(known.current, location);
      if (isNew) known.current = recentEvents.peek().reduce(noteRepair, known.current);
      return key;
    },
    EVERY_MS[how],
    key,
  );
  useEffect(
    () =>
      onClusterEvent((event) => {
        if (known.current === undefined) return;
        const noted = noteRepair(known.current, event);
        if (noted === known.current) return;
        known.current = noted;
        showNoted(noted);
        refresh();
      }),
    [key],
  );
  const isCurrent = value === key && key !== '';
  return { key, watched: isCurrent ? known.current : undefined, error, refresh };
}
