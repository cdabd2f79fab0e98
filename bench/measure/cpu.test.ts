import { expect, test } from 'vitest';
import { parseProcessStat } from './cpu.ts';

const FIELDS_BEFORE = 'S 1 42 42 0 -1 4194560 100 200 0 0';

test('processor time is user and system time, in hundredths of a second', () => {
  const text = `42 (node) ${FIELDS_BEFORE} 120 30 4 5 20 0 11 0 12345 1000000 5000`;
  expect(parseProcessStat(text)).toEqual({ ownMs: 1_500, endedChildrenMs: 90 });
});

test.each(['a b', 'a) (b', ') S 1 2 3'])('a program may be called %j', (name) => {
  const text = `42 (${name}) ${FIELDS_BEFORE} 1 2 3 4 20 0 11 0 12345 1000000 5000`;
  expect(parseProcessStat(text)).toEqual({ ownMs: 30, endedChildrenMs: 70 });
});

test.each(['', '42 (node) S 1', `42 (node) ${FIELDS_BEFORE} x 1 2 3`])('%j is refused', (text) => {
  expect(() => parseProcessStat(text)).toThrow('/proc/PID/stat');
});
