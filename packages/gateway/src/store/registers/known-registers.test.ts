import { expect, test } from 'vitest';
import { EMPTY_ENVELOPE } from './envelope.ts';
import { KnownRegisters } from './known-registers.ts';

const REGISTER = { accepted: [1, 'p'], envelope: EMPTY_ENVELOPE, promise: undefined } as const;

test('what was not used for longest is forgotten', () => {
  const known = new KnownRegisters(4);
  for (const key of ['a', 'b', 'a', 'c']) known.set(key, REGISTER);
  expect(['a', 'b', 'c'].filter((key) => known.get(key) !== undefined)).toEqual(['a', 'c']);
});

test('names that mean something to JavaScript are ordinary', () => {
  const known = new KnownRegisters();
  expect(known.get('__proto__')).toBeUndefined();
  known.set('__proto__', REGISTER);
  known.set('constructor', REGISTER);
  known.forget('constructor');
  expect(known.get('__proto__')).toBe(REGISTER);
  expect(known.get('constructor')).toBeUndefined();
});
