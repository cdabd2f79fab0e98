/*
 * The quick way of reading, and of writing, against the plain one: JSON.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeRecord } from './encode.ts';
import { byCodeUnit, byName } from './order.ts';
import type { CausalRecord } from './record.ts';
import { anyStates } from './testing/histories.ts';
import { readContextText, readRecordText } from './text-reader.ts';
import { emptyRecord, write } from './update.ts';

const anyRecord = anyStates(1).map((states) => states[0]!.record);
const anyNamedRecord = fc
  .array(fc.tuple(fc.string({ unit: 'binary' }), fc.maxSafeInteger()), { maxLength: 5 })
  .map((fields) => write(emptyRecord, 'node-1.abc', fields));

/** The text as JSON makes it, and whether any name in it is escaped. */
function asJson(record: CausalRecord): { readonly text: string; readonly isEscaped: boolean } {
  const fields = [...record.fields].toSorted(byName).map(([field, siblings]) => {
    const tuples = siblings.map(({ dot, quantity }) => [...dot, quantity] as const);
    return [field, tuples.toSorted((a, b) => byCodeUnit(a[0], b[0]))];
  });
  const text = JSON.stringify([[...record.context].toSorted(byName), fields]);
  return { text, isEscaped: text.includes('\\') };
}

test('records are written as JSON would write them', () => {
  fc.assert(
    fc.property(fc.oneof(anyRecord, anyNamedRecord), (record) => {
      expect(encodeRecord(record)).toBe(asJson(record).text);
    }),
  );
});

test('what is read is what was written; where a name is escaped it gives up', () => {
  fc.assert(
    fc.property(fc.oneof(anyRecord, anyNamedRecord), (record) => {
      const { text, isEscaped } = asJson(record);
      const read = readRecordText(text);
      // It may also give up for a number of more digits than it counts, and for any surrogate.
      const mayGiveUp = isEscaped || /\d{16}|[\ud800-\udfff]/.test(text);
      expect(read === undefined ? mayGiveUp : asJson(read).text === text).toBe(true);
    }),
  );
});

test('carts as shops have them are read', () => {
  const cart = write(write(emptyRecord, 'node-1.abc123', [['exists', 1]]), 'node-2.def456', [
    ['line:apple', 3],
    ['line:crème brûlée', 1_000_000_000],
    ['request:5f2b-01:Zm9v', 1_790_000_000_000],
  ]);
  const read = readRecordText(encodeRecord(cart));
  expect(read?.context).toEqual(cart.context);
  expect(read?.fields.get('line:crème brûlée')).toEqual(cart.fields.get('line:crème brûlée'));
});

test('a context is read to its end and no further', () => {
  expect(readContextText('[["a",1],["b",22]]')).toEqual(
    new Map([
      ['a', 1],
      ['b', 22],
    ]),
  );
  expect(readContextText('[]')).toEqual(new Map());
  for (const text of ['[["a",1]] ', '[["a",1]', '[["a",01]]', '[["a",1],]', '[["a",1],["a",2]]', '[["",1]]']) {
    expect(readContextText(text)).toBeUndefined();
  }
});
