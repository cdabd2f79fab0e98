import { expect, test } from 'vitest';
import { anybodyBut, shopState } from './shop-state.ts';

test('the address says what is shown', () => {
  const query = { search: ' juice ', page: '3', user: 'Ann@example.com', also: 'ben@example.com' };
  expect(shopState(query)).toEqual({ search: 'juice', page: 3, user: 'ann@example.com', also: 'ben@example.com' });
});

test('nobody shops beside themselves, and nonsense is left out', () => {
  const query = { page: 'x', user: 'ann@example.com', also: 'ann@example.com' };
  expect(shopState(query)).toEqual({ search: '', page: 1, user: 'ann@example.com', also: undefined });
  expect(shopState({ user: 'ann@example.com', also: 'nobody' }).also).toBeUndefined();
});

test('the other is another', () => {
  expect(anybodyBut('ben@example.org')).not.toBe('ben@example.org');
  expect(anybodyBut('ann@example.com')).not.toBe('ann@example.com');
});
