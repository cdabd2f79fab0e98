import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, hasSeen, version } from './context.ts';
import { encodeContext, encodeRecord } from './encode.ts';
import { merge } from './merge.ts';
import type { CausalRecord } from './record.ts';
import { resolveMax, resolveMin } from './resolve.ts';
import { anyField, anyHistory, anyQuantity, anyStates, hostileNames } from './testing/histories.ts';
import { naiveMerge, naiveOf } from './testing/naive-model.ts';
import { emptyRecord, remove, write } from './update.ts';

const anyRecords = (count: number) => anyStates(count).map((states) => states.map(({ record }) => record));

function mergeAll(records: readonly CausalRecord[]): CausalRecord {
  return records.reduce(merge, emptyRecord);
}

test('every state of every history is what the model of sets says', () => {
  fc.assert(
    fc.property(anyHistory, (states) => {
      for (const { record, model } of states) expect(naiveOf(record)).toEqual(model);
    }),
    { numRuns: 300 },
  );
});

test('merging any two states gives what the model of sets says', () => {
  fc.assert(
    fc.property(anyStates(2), (states) => {
      const [a, b] = [states[0]!, states[1]!];
      expect(naiveOf(merge(a.record, b.record))).toEqual(naiveMerge(a.model, b.model));
    }),
    { numRuns: 1000 },
  );
});

test('merging is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(anyRecords(3), (records) => {
      const [a, b, c] = [records[0]!, records[1]!, records[2]!];
      expect(encodeRecord(merge(a, b))).toBe(encodeRecord(merge(b, a)));
      expect(encodeRecord(merge(merge(a, b), c))).toBe(encodeRecord(merge(a, merge(b, c))));
      expect(encodeRecord(merge(merge(a, b), b))).toBe(encodeRecord(merge(a, b)));
      expect(merge(a, a)).toBe(a);
      expect(merge(a, emptyRecord)).toBe(a);
    }),
    { numRuns: 1000 },
  );
});

test('records with equal contexts are equal, those that merging makes too', () => {
  fc.assert(
    fc.property(anyHistory, (states) => {
      const records = states.map(({ record }) => record);
      const merged = records.map((record, index) => merge(record, records[(index * 7) % records.length]!));
      const textByContext = new Map<string, string>();
      for (const record of [...records, ...merged]) {
        const context = encodeContext(record.context);
        const text = encodeRecord(record);
        expect(textByContext.get(context) ?? text).toBe(text);
        textByContext.set(context, text);
      }
    }),
    { numRuns: 300 },
  );
});

test('I4: replicas that receive everything, in whatever order and however often, come to the same bytes', () => {
  const shuffledTwice = anyHistory.chain((states) => {
    const records = states.map(({ record }) => record);
    const shuffled = fc.shuffledSubarray(records, { minLength: records.length });
    return fc.tuple(
      shuffled,
      fc.tuple(shuffled, shuffled).map((parts) => parts.flat()),
    );
  });
  fc.assert(
    fc.property(shuffledTwice, ([once, twice]) => {
      expect(encodeRecord(mergeAll(once))).toBe(encodeRecord(mergeAll(twice)));
    }),
  );
});

test('merging gives the first record itself exactly when the second brings nothing new', () => {
  fc.assert(
    fc.property(anyRecords(2), (records) => {
      const [a, b] = [records[0]!, records[1]!];
      const order = compare(b.context, a.context);
      expect(merge(a, b) === a).toBe(order === 'equal' || order === 'before');
      expect(version(merge(a, b)) > version(a)).toBe(order === 'after' || order === 'concurrent');
    }),
  );
});

test('comparing contexts is comparing sets of seen writes', () => {
  fc.assert(
    fc.property(anyStates(2), (states) => {
      const [a, b] = [states[0]!, states[1]!];
      const aHasAll = includes(a.model.seen, b.model.seen);
      const bHasAll = includes(b.model.seen, a.model.seen);
      const expected = aHasAll ? (bHasAll ? 'equal' : 'after') : bHasAll ? 'before' : 'concurrent';
      expect(compare(a.record.context, b.record.context)).toBe(expected);
    }),
  );
});

test('I7: a removed line stays removed when merged with a replica whose values of it had all been seen', () => {
  fc.assert(
    fc.property(anyRecords(2), anyField, (records, field) => {
      const [remover, other] = [records[0]!, records[1]!];
      const allSeen = (other.fields.get(field) ?? []).every(({ dot }) => hasSeen(remover.context, dot));
      const merged = merge(remove(remover, 'remover.1', [field]), other);
      expect(merged.fields.has(field)).toBe(!allSeen);
    }),
    { numRuns: 500 },
  );
});

test('I7: a line written apart from its removal survives', () => {
  const base = write(emptyRecord, 'a', [['apple', 1]]);
  const removed = remove(base, 'b', ['apple']);
  const renewed = write(base, 'c', [['apple', 2]]);
  expect(resolveMax(merge(removed, renewed).fields.get('apple'))).toBe(2);
});

test('concurrent writes of one field resolve to the largest or the smallest, a later write replaces both', () => {
  fc.assert(
    fc.property(
      anyRecords(1),
      anyField,
      fc.array(anyQuantity, { minLength: 2, maxLength: 4 }),
      (records, field, quantities) => {
        const apart = quantities.map((quantity, index) => write(records[0]!, `writer-${index}`, [[field, quantity]]));
        const merged = mergeAll(apart);
        expect(merged.fields.get(field)).toHaveLength(quantities.length);
        expect(resolveMax(merged.fields.get(field))).toBe(Math.max(...quantities));
        expect(resolveMin(merged.fields.get(field))).toBe(Math.min(...quantities));
        const later = write(merged, 'writer-0', [[field, 4]]);
        for (const record of apart) expect(resolveMin(merge(record, later).fields.get(field))).toBe(4);
      },
    ),
  );
});

test('the stories of the original system: stock by minimum, carts by maximum', () => {
  const stock = merge(write(emptyRecord, 'a', [['quantity', 2]]), write(emptyRecord, 'b', [['quantity', 3]]));
  expect(resolveMin(stock.fields.get('quantity'))).toBe(2);
  const cart = merge(
    write(emptyRecord, 'a', [
      ['apple', 1],
      ['orange', 3],
    ]),
    write(emptyRecord, 'b', [
      ['apple', 2],
      ['orange', 1],
    ]),
  );
  expect(resolveMax(cart.fields.get('apple'))).toBe(2);
  expect(resolveMax(cart.fields.get('orange'))).toBe(3);
});

test('hostile names are ordinary fields', () => {
  const values = hostileNames.map((name, index) => [name, index] as const);
  const apart = values.map((value, index) => write(emptyRecord, `node-${index}`, [value]));
  const merged = mergeAll(apart);
  expect([...merged.fields].map(([field, siblings]) => [field, resolveMax(siblings)])).toEqual(values);
  expect(mergeAll(apart.toReversed()).fields.size).toBe(hostileNames.length);
});

test('merging and writing leave their arguments as they were', () => {
  fc.assert(
    fc.property(anyRecords(2), (records) => {
      const before = records.map(encodeRecord);
      const [a, b] = [records[0]!, records[1]!];
      write(merge(a, b), 'x', [['apple', 1]]);
      remove(a, 'x', ['apple', '__proto__']);
      expect(records.map(encodeRecord)).toEqual(before);
    }),
  );
});

function includes(all: ReadonlySet<string>, some: ReadonlySet<string>): boolean {
  return [...some].every((element) => all.has(element));
}
