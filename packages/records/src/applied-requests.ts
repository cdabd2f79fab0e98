/*
 * The requests that a record remembers, so that one which is sent again, perhaps through another gateway, is
 * applied once: `request:ID:FINGERPRINT`, whose quantity is the time in ms at which it may be forgotten. They are
 * fields like others, set in the same write as the change, and so merge and travel with it.
 */
import type { Once } from './change.ts';
import type { CausalRecord } from './record.ts';
import { resolveMax } from './resolve.ts';

/** How many requests a record remembers; each costs about 70 bytes on every replica. */
export const REQUESTS_REMEMBERED = 64;

const REQUEST_PREFIX = 'request:';

/** What a record knows of a request. `reused`: its id was used for a request that asked for something else. */
export type Recollection = 'unknown' | 'applied' | 'reused';

/** Whether a field remembers a request, rather than being part of the product or the user. */
export function isRequestField(field: string): boolean {
  return field.startsWith(REQUEST_PREFIX);
}

/** Looks the request up among those that have not expired. */
export function recall(record: CausalRecord, once: Once, nowMs: number): Recollection {
  if (isCurrent(record, requestField(once), nowMs)) return 'applied';
  const sameId = `${REQUEST_PREFIX}${once.id}:`;
  for (const field of record.fields.keys()) {
    if (field.startsWith(sameId) && isCurrent(record, field, nowMs)) return 'reused';
  }
  return 'unknown';
}

/**
 * What a write has to set and drop so that the record remembers this request, which it does not recall yet, none
 * that has expired, and REQUESTS_REMEMBERED in all. Those that expire first go first, but never the one of this
 * write.
 */
export function rememberingUpdate(
  record: CausalRecord,
  once: Once | undefined,
  nowMs: number,
): { readonly set: readonly (readonly [field: string, expiresAtMs: number])[]; readonly remove: readonly string[] } {
  const set = once ? [[requestField(once), once.expiresAtMs] as const] : [];
  const held = [...record.fields.keys()].filter(isRequestField);
  const current = held.filter((field) => isCurrent(record, field, nowMs));
  current.sort((a, b) => expiryMs(record, b) - expiryMs(record, a));
  const kept = new Set(current.slice(0, REQUESTS_REMEMBERED - set.length));
  return { set, remove: held.filter((field) => !kept.has(field)) };
}

/** When the last of the requests that the record remembers may be forgotten, in ms; 0 when it remembers none. */
export function remembersUntilMs(record: CausalRecord): number {
  const expiries = [...record.fields.keys()].filter(isRequestField).map((field) => expiryMs(record, field));
  return Math.max(0, ...expiries);
}

function requestField({ id, fingerprint }: Once): string {
  return `${REQUEST_PREFIX}${id}:${fingerprint}`;
}

function isCurrent(record: CausalRecord, field: string, nowMs: number): boolean {
  return expiryMs(record, field) > nowMs;
}

function expiryMs(record: CausalRecord, field: string): number {
  return resolveMax(record.fields.get(field)) ?? -Infinity;
}
