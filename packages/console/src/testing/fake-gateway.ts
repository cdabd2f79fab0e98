/*
 * A gateway for tests of what pages send: answers in the order that is written down, and keeps what it was asked. Time
 * passes as fast as it is waited for.
 */
import { vi } from 'vitest';

/** An answer; `cut` for a connection that breaks. */
export type FakeAnswer = 'cut' | { readonly status: number; readonly body?: unknown };

/** A call as the gateway saw it. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly body: unknown;
}

/** Stands in for the browser's network, its storage and its clock until `vi.unstubAllGlobals` and `vi.useRealTimers`. */
export function fakeGateway(answers: readonly FakeAnswer[]): readonly SeenCall[] {
  const seen: SeenCall[] = [];
  vi.stubGlobal('fetch', async (path: string, { method, headers, body }: RequestInit) => {
    const answer = answers[seen.length];
    const key = new Headers(headers).get('idempotency-key');
    seen.push({ method: method ?? 'GET', path, key, body: typeof body === 'string' ? JSON.parse(body) : undefined });
    if (answer === undefined) throw new Error(`nothing is written down for ${path}`);
    if (answer === 'cut') throw new TypeError('Failed to fetch');
    return answer.status === 204 ? new Response(null, { status: 204 }) : Response.json(answer.body ?? {}, answer);
  });
  vi.stubGlobal('sessionStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });
  vi.useFakeTimers();
  return seen;
}

/** What comes of work that waits, once all that it waits for has passed. */
export async function afterAllPauses<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [[outcome]] = await Promise.all([Promise.allSettled([work]), vi.runAllTimersAsync()]);
  return outcome;
}
