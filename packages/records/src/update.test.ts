import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, version } from './context.ts';
import { anyField, anyQuantity, anyStates } from './testing/histories.ts';
import { naiveOf, naiveUpdate } from './testing/naive-model.ts';
import { emptyRecord, remove, update, write } from './update.ts';

test('a write takes one fresh dot for all that it sets and drops', () => {
  const anyUpdate = fc.record({ set: fc.array(fc.tuple(anyField, anyQuantity)), remove: fc.array(anyField) });
  fc.assert(
    fc.property(anyStates(1), anyUpdate, (states, changes) => {
      const { record, model } = states[0]!;
      const updated = update(record, 'writer.1', changes);
      expect(naiveOf(updated)).toEqual(naiveUpdate(model, 'writer.1', new Map(changes.set), changes.remove));
      expect(version(updated)).toBe(version(record) + 1);
      expect(compare(updated.context, record.context)).toBe('after');
    }),
  );
});

test('a field that is both set and removed is set', () => {
  const updated = update(emptyRecord, 'a', { set: [['apple', 1]], remove: ['apple'] });
  expect(updated.fields.get('apple')).toEqual([{ dot: ['a', 1], quantity: 1 }]);
});

test('removing what is not there is a write all the same', () => {
  expect(remove(emptyRecord, 'a', ['apple'])).toEqual({ context: new Map([['a', 1]]), fields: new Map() });
});

test('the empty record is empty still after it was written to', () => {
  write(emptyRecord, 'a', [['apple', 1]]);
  expect(emptyRecord.context.size + emptyRecord.fields.size).toBe(0);
});

test.each([0.5, NaN, Infinity, 2 ** 53, -(2 ** 53)])(
  'refuses the quantity %d, which no text could hold',
  (quantity) => {
    expect(() => write(emptyRecord, 'a', [['apple', quantity]])).toThrow(RangeError);
  },
);

test('writes minus zero as zero', () => {
  expect(write(emptyRecord, 'a', [['apple', -0]]).fields.get('apple')?.[0]?.quantity).toBe(0);
});

test.each(['', 'a b', 'a"', ']', 'ä', 'a\n'])('refuses the actor %j', (actor) => {
  expect(() => write(emptyRecord, actor, [['apple', 1]])).toThrow(RangeError);
});

test('refuses to count past what a number can hold', () => {
  const used = { context: new Map([['a', Number.MAX_SAFE_INTEGER]]), fields: new Map() };
  expect(() => write(used, 'a', [['apple', 1]])).toThrow(RangeError);
});
