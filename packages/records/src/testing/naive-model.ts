/*
 * The same records, told without version vectors: a set of the dots that were seen, and a set of the values that
 * stand. Slow and plain on purpose; the real thing is checked against it. Uses none of the code that it checks.
 */
import type { CausalRecord } from '../record.ts';

/** Dots as `["actor",1]`; values as `["actor",1,"field",5]`. */
export interface NaiveRecord {
  readonly seen: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
}

export const naiveEmpty: NaiveRecord = { seen: new Set(), values: new Set() };

interface NaiveValue {
  readonly dot: string;
  readonly field: string;
}

export function naiveUpdate(
  record: NaiveRecord,
  actor: string,
  set: ReadonlyMap<string, number>,
  removed: readonly string[],
): NaiveRecord {
  const counter = [...record.seen].filter((dot) => read(dot)[0] === actor).length + 1;
  const gone = new Set([...set.keys(), ...removed]);
  return {
    seen: new Set([...record.seen, JSON.stringify([actor, counter])]),
    values: new Set([
      ...[...record.values].filter((value) => !gone.has(valueOf(value).field)),
      ...[...set].map(([field, quantity]) => JSON.stringify([actor, counter, field, quantity])),
    ]),
  };
}

export function naiveMerge(a: NaiveRecord, b: NaiveRecord): NaiveRecord {
  return {
    seen: new Set([...a.seen, ...b.seen]),
    values: new Set([...survivors(a, b), ...survivors(b, a)]),
  };
}

/** The model's view of a real record, for comparison. */
export function naiveOf(record: CausalRecord): NaiveRecord {
  const seen = new Set<string>();
  for (const [actor, counter] of record.context) {
    for (let earlier = 1; earlier <= counter; earlier++) seen.add(JSON.stringify([actor, earlier]));
  }
  const values = new Set<string>();
  for (const [field, siblings] of record.fields) {
    for (const { dot, quantity } of siblings) values.add(JSON.stringify([...dot, field, quantity]));
  }
  return { seen, values };
}

function survivors(mine: NaiveRecord, theirs: NaiveRecord): string[] {
  return [...mine.values].filter((value) => theirs.values.has(value) || !theirs.seen.has(valueOf(value).dot));
}

function valueOf(text: string): NaiveValue {
  const [actor, counter, field] = read(text);
  return { dot: JSON.stringify([actor, counter]), field: String(field) };
}

function read(text: string): readonly unknown[] {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value : [];
}
