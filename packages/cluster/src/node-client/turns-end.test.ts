import { expect, it } from 'vitest';
import { atTurnsEnd } from './turns-end.ts';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('runs what waits for as many turns together, and nothing between', async () => {
  const order: string[] = [];
  const note = (name: string) => () => {
    order.push(name);
    void Promise.resolve().then(() => order.push(`after ${name}`));
  };
  atTurnsEnd(2, note('a'));
  atTurnsEnd(1, note('b'));
  await nextTurn();
  expect(order).toEqual(['b', 'after b']);
  atTurnsEnd(2, note('c'));
  await nextTurn();
  expect(order.slice(2)).toEqual(['a', 'c', 'after a', 'after c']);
});

it('waits anew for what comes while it runs', async () => {
  const order: string[] = [];
  atTurnsEnd(1, () => {
    order.push('first');
    atTurnsEnd(1, () => order.push('second'));
  });
  await nextTurn();
  expect(order).toEqual(['first']);
  await nextTurn();
  expect(order).toEqual(['first', 'second']);
});
