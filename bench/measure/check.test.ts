import { expect, test } from 'vitest';
import { complaintsAbout } from './check.ts';

const right = {
  failures: 0,
  additionsSeenMin: 1_000,
  additionsSeenMax: 1_064,
  acknowledged: 1_010,
  refused: 0,
  unitsAdded: 1_010,
};

test('carts that hold what was acknowledged give no cause for complaint', () => {
  expect(complaintsAbout('redis', right)).toEqual([]);
});

test.each([
  ['a lost unit', { unitsAdded: 1_009 }, 'units in the carts'],
  ['a unit too many', { unitsAdded: 1_011 }, 'units in the carts'],
  ['a failed request', { failures: 1 }, '1 requests failed'],
  ['a refused addition', { refused: 2 }, '2 additions were refused'],
  ['an acknowledgement that the system does not know', { additionsSeenMin: 1_011 }, 'load generator 1011'],
  ['additions from nowhere', { additionsSeenMax: 964, additionsSeenMin: 900 }, 'load generator 900'],
])('%s is told', (_, wrong, words) => {
  expect(complaintsAbout('redis', { ...right, ...wrong })).toEqual([expect.stringContaining(words)]);
});
