/*
 * An answer of the gateway that is kept fresh: asked for again and again while the page is looked at, and at once
 * when the gateway is back.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { GatewayAway } from '../api/problem.ts';
import { noteAnswer, noteSilence } from './connection.ts';
import { pause } from './time.ts';

/** What is known of it. While the gateway is away, `value` is what it last said. */
export interface Polled<T> {
  readonly value: T | undefined;
  /** Why the last attempt failed. */
  readonly error: unknown;
  /** Asks at once. */
  readonly refresh: () => void;
}

/**
 * Asks now, and `everyMs` after each answer.
 * @param ask called with a signal that is aborted when the answer is not wanted any more
 * @param about what is asked for: when it changes, what was known of the other is forgotten
 */
export function usePolled<T>(ask: (signal: AbortSignal) => Promise<T>, everyMs: number, about = ''): Polled<T> {
  const [known, setKnown] = useState<{ about: string; value?: T; error?: unknown }>({ about });
  const wake = useRef<() => void>(() => {});
  const asking = useRef(ask);
  asking.current = ask;
  useEffect(() => {
    const end = new AbortController();
    void poll(end.signal);
    return () => end.abort();

    async function poll(ended: AbortSignal): Promise<void> {
      while (!ended.aborted) {
        const woken = new AbortController();
        wake.current = () => woken.abort();
        ended.addEventListener('abort', wake.current, { once: true });
        const outcome = await attempt(asking.current, ended);
        if (ended.aborted) return;
        setKnown((before) => merge(before.about === about ? before : { about }, outcome));
        await pause(everyMs, woken.signal);
        await untilVisible(ended);
      }
    }
  }, [about, everyMs]);
  const current = known.about === about ? known : { about };
  return { value: current.value, error: current.error, refresh: () => wake.current() };
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

async function attempt<T>(ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<Outcome<T>> {
  try {
    const value = await ask(signal);
    noteAnswer();
    return { value };
  } catch (error) {
    if (!signal.aborted && error instanceof GatewayAway) noteSilence();
    return { error };
  }
}

function merge<T>(before: { about: string; value?: T }, outcome: Outcome<T>) {
  if ('value' in outcome) return { about: before.about, value: outcome.value };
  return { ...before, error: outcome.error };
}

/** A page that nobody looks at asks nothing. */
async function untilVisible(signal: AbortSignal): Promise<void> {
  while (document.hidden && !signal.aborted) {
    await new Promise<void>((resolve) => {
      document.addEventListener('visibilitychange', () => resolve(), { once: true });
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
