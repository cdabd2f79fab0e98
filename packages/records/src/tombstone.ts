/*
 * Telling a deleted record from a live one and from none at all. A tombstone keeps the context, without which a
 * replica that missed the deletion would bring the record back, and the requests it remembers, without which a
 * creation that is sent again would.
 */
import { isRequestField } from './applied-requests.ts';
import type { CausalRecord } from './record.ts';

/**
 * Whether the record was written once and is deleted: a context, and no fields but remembered requests. Whoever
 * drops tombstones for good has to wait longer than requests are remembered.
 */
export function isTombstone(record: CausalRecord): boolean {
  if (record.context.size === 0) return false;
  return [...record.fields.keys()].every(isRequestField);
}
