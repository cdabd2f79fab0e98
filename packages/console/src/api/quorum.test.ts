import { expect, test } from 'vitest';
import { parseQuorum } from './quorum.ts';

test('a quorum that was met', () => {
  expect(parseQuorum('2/3')).toEqual({ answered: 2, replicas: 3, degraded: false });
});

test('a degraded reply says so', () => {
  expect(parseQuorum('1/3; degraded')).toEqual({ answered: 1, replicas: 3, degraded: true });
});

test('a reply without the header has no quorum', () => {
  expect(parseQuorum(null)).toBeUndefined();
  expect(parseQuorum('all of them')).toBeUndefined();
});
