import { expect, test } from 'vitest';
import { ApiProblem, describeError, GatewayAway } from './problem.ts';

test('a refusal is told in the words of the gateway', () => {
  expect(describeError(new ApiProblem(409, { code: 'CART_EMPTY', detail: 'the cart is empty' }))).toBe(
    'The cart is empty.',
  );
  expect(describeError(new ApiProblem(500, {}))).toBe('The gateway answered 500.');
});

test('wrong fields are named', () => {
  const errors = [
    { field: 'size', message: 'must be a whole number' },
    { field: 'workers', message: 'must be at most 256' },
  ];
  expect(describeError(new ApiProblem(400, { detail: 'size: must be', errors }))).toBe(
    'size must be a whole number; workers must be at most 256',
  );
});

test('where nodes are missing it says what to do', () => {
  const detail = '1 of 3 replicas answered: the others are down';
  expect(describeError(new ApiProblem(503, { code: 'QUORUM_NOT_MET', detail }))).toBe(
    `${detail}. It works again when more nodes are up; the Cluster page shows which are down.`,
  );
});

test('silence is told as such', () => {
  expect(describeError(new GatewayAway('cut'))).toContain('The gateway does not answer.');
});
