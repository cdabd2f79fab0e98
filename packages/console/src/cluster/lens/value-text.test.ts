import { expect, test } from 'vitest';
import type { KeyValue } from '../../api/cluster.ts';
import { actorText, mergedQuantity, valueText } from './value-text.ts';

test.each<[KeyValue, string]>([
  [{ quantity: 280 }, '280'],
  [{ cart: { apple: 4, bread: 1 } }, 'apple 4, bread 1'],
  [{ cart: {} }, 'an empty cart'],
  [{ entries: { 'order:1': 1 } }, 'order:1 1'],
  [{ register: { holder: 'ann' } }, '{"holder":"ann"}'],
  [null, 'nothing'],
])('%j reads %s', (value, text) => expect(valueText(value)).toBe(text));

test('what was deleted says so', () => expect(valueText(null, true)).toBe('deleted'));

test('a register of any size stays a few lines', () => {
  expect(valueText({ register: 'x'.repeat(10_000) }).length).toBeLessThan(500);
});

test('stock comes to the smallest sibling, a cart to the largest', () => {
  const siblings = [
    { dot: ['node-1.a', 1], quantity: 2 },
    { dot: ['node-2.b', 1], quantity: 3 },
  ] as const;
  expect(mergedQuantity('product:durian', siblings)).toBe(2);
  expect(mergedQuantity('user:ann@example.com', siblings)).toBe(3);
});

test('an actor is shown as its node', () => {
  expect(actorText('node-1.aunjf5')).toBe('node-1');
  expect(actorText('my.node.aunjf5')).toBe('my.node');
});
