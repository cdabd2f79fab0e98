/*
 * A list as a record: a field for each entry, whose siblings resolve to the largest. An entry has a name that says
 * what kind of thing it leads to, such as `reservation:ID`, and a number: when it was added, in seconds since 1970.
 */
import { isRequestField } from './applied-requests.ts';
import { byName } from './order.ts';
import type { CausalRecord } from './record.ts';
import { resolveMax } from './resolve.ts';

/** Most entries that a list is given. Lists that were apart can come to more by merging. */
export const LIST_ENTRIES_MAX = 10_000;

/** The entries of a list by name, in code unit order; none for a record that was never written. */
export function listOf(record: CausalRecord): ReadonlyMap<string, number> {
  const entries: [name: string, quantity: number][] = [];
  for (const [field, siblings] of record.fields) {
    const quantity = isRequestField(field) ? undefined : resolveMax(siblings);
    if (quantity !== undefined) entries.push([field, quantity]);
  }
  return new Map(entries.toSorted(byName));
}
