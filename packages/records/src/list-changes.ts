/*
 * What each change of a list comes to. Decides only; apply-change.ts writes. Adding an entry that is there already
 * writes it anew, so that the adder wins over whoever takes the old one out at the same time.
 */
import { isRequestField } from './applied-requests.ts';
import { refuse, type ChangePlan } from './change-plan.ts';
import type { Line } from './change.ts';
import { LIST_ENTRIES_MAX } from './list.ts';
import type { CausalRecord } from './record.ts';
import { resolveMax } from './resolve.ts';

/**
 * Adds the entries, each with its number, or a larger one than it had: whoever saw it before can tell that it was
 * added anew, whatever the clocks say.
 *
 * @throws RangeError for an entry with the name of a remembered request
 */
export function planListAdd(record: CausalRecord, entries: readonly Line[]): ChangePlan {
  if (entries.length === 0) return { type: 'nothing' };
  const set = new Map(entries.map(([name, quantity]) => [entryField(name), laterOf(record, name, quantity)]));
  const newEntries = [...set.keys()].filter((field) => !record.fields.has(field)).length;
  const held = [...record.fields.keys()].filter((field) => !isRequestField(field)).length;
  // A list that merging made too long is not cut, and its own entries can still be renewed.
  if (newEntries > 0 && held + newEntries > LIST_ENTRIES_MAX) {
    return refuse('LIST_TOO_LARGE', `the list would have more than ${LIST_ENTRIES_MAX} entries`);
  }
  return { type: 'write', set: [...set], remove: [] };
}

/** Takes out those of the entries that are there with a number no larger than the one given: not added anew since. */
export function planListRemove(record: CausalRecord, entries: readonly Line[]): ChangePlan {
  const there = entries.filter(([name, quantity]) => {
    const held = isRequestField(name) ? undefined : resolveMax(record.fields.get(name));
    return held !== undefined && held <= quantity;
  });
  return there.length === 0 ? { type: 'nothing' } : { type: 'write', set: [], remove: there.map(([name]) => name) };
}

function laterOf(record: CausalRecord, name: string, quantity: number): number {
  const held = resolveMax(record.fields.get(name));
  return held === undefined ? quantity : Math.max(held + 1, quantity);
}

function entryField(name: string): string {
  if (isRequestField(name)) throw new RangeError(`${JSON.stringify(name)} is not the name of an entry`);
  return name;
}
