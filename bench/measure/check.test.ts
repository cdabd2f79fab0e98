import { expect, test } from 'vitest';
import { complaintsAbout } from './check.ts';

const right = {
  failures: 0,
  additionsSeen: 1_000,
  additionsCutOffMax: 64,
  additions: 1_010,
  additionsRefused: 0,
  unitsAdded: 1_010,
};

test('carts that hold what was acknowledged give no cause for complaint', () => {
  expect(complaintsAbout(right)).toEqual([]);
});

test.each([
  ['a lost unit', { unitsAdded: 1_009 }, 'units in the carts'],
  ['a unit too many', { unitsAdded: 1_011 }, 'units in the carts'],
  ['a failed request', { failures: 1 }, '1 requests failed'],
  ['a refused addition', { additionsRefused: 2 }, 'refused 2'],
  ['an acknowledgement that the gateway does not know', { additionsSeen: 1_011 }, 'load generator 1011'],
  ['additions from nowhere', { additionsSeen: 900 }, 'load generator 900'],
])('%s is told', (_, wrong, words) => {
  expect(complaintsAbout({ ...right, ...wrong })).toEqual([expect.stringContaining(words)]);
});
