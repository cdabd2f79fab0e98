import type { CausalRecord } from '@trolley/records';
import { array, assert, constantFrom, integer, oneof, property, string, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { userReply, userText } from './replies.ts';

type Siblings = NonNullable<ReturnType<CausalRecord['fields']['get']>>;

const HOSTILE = ['__proto__', 'a"b', 'back\\slash', 'new\nline', '\u2028', '\ud800', '\u{1f34c}', '7', '', 'ä'];
const name = oneof(string({ unit: 'binary', maxLength: 12 }), constantFrom(...HOSTILE));
const quantity = integer({ min: 1, max: 1_000_000_000 });
const siblings = array(quantity, { minLength: 1, maxLength: 3 }).map((quantities): Siblings =>
  quantities.map((value, index) => ({ dot: [`node-${index}.x`, 1], quantity: value })),
);
/** In any order: a record that was merged need not be in that of its text. */
const cart = uniqueArray(
  name.chain((line) => siblings.map((held) => [`line:${line}`, held] as const)),
  { maxLength: 6, selector: ([field]) => field },
);

function userWith(fields: readonly (readonly [string, Siblings])[]): CausalRecord {
  const context = new Map([0, 1, 2].map((index) => [`node-${index}.x`, index + 1]));
  const exists: Siblings = [{ dot: ['node-0.x', 1], quantity: 1 }];
  return { context, fields: new Map([...fields, ['exists', exists]]) };
}

test('the text of a user says the same as the user printed as an object', () => {
  assert(
    property(name, cart, (email, fields) => {
      const record = userWith(fields);
      const text = userText(email, record) ?? '';
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(userReply(email, record))));
    }),
  );
});

test('the lines of a cart stand in the order of their names', () => {
  const one: Siblings = [{ dot: ['node-0.x', 1], quantity: 2 }];
  const record = userWith(['pear', 'apple', 'fig'].map((line) => [`line:${line}`, one]));
  expect(userText('ann@example.com', record)).toBe(
    '{"email":"ann@example.com","cart":{"apple":2,"fig":2,"pear":2},"version":6}',
  );
});

test('there is no text of a user who was never created, or was deleted', () => {
  const { context } = userWith([]);
  expect(userText('ann@example.com', { context, fields: new Map() })).toBeUndefined();
});
