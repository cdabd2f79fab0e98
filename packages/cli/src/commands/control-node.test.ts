import { expect, test } from 'vitest';
import { watchNode } from './control-node.ts';

const before = { id: 'node-2', up: true, state: 'in', url: 'http://127.0.0.1:9002' };

test('after a kill the node has to be seen down', () => {
  const watch = watchNode('kill', before);
  expect(watch(before, 0)).toBe(false);
  expect(watch({ ...before, up: false }, 100)).toBe(true);
});

test('a node that vanishes from the list is down', () => {
  expect(watchNode('kill', before)(undefined, 0)).toBe(true);
});

test('after a restart the registration of the old process is not taken for the new one', () => {
  const watch = watchNode('restart', before);
  expect(watch(before, 0)).toBe(false);
  expect(watch(before, 2_000)).toBe(false);
  expect(watch({ ...before, url: 'http://127.0.0.1:9055' }, 2_100)).toBe(true);
});

test('a restarted node on the same address is recognised by having been down, or by the time', () => {
  const watch = watchNode('restart', before);
  expect(watch({ ...before, up: false }, 500)).toBe(false);
  expect(watch(before, 800)).toBe(true);
  expect(watchNode('restart', before)(before, 60_000)).toBe(true);
});

test('a node that was down is up again as soon as it is seen up', () => {
  expect(watchNode('restart', { ...before, up: false })(before, 10)).toBe(true);
});

test.each(['pause', 'cut-off'] as const)('after %s the node has to be seen down', (action) => {
  const watch = watchNode(action, before);
  expect(watch(before, 60_000)).toBe(false);
  expect(watch({ ...before, up: false }, 100)).toBe(true);
});

test.each(['resume', 'rejoin'] as const)(
  'after %s the node is up as soon as it is seen up, missed or not',
  (action) => {
    expect(watchNode(action, before)(before, 0)).toBe(true);
    const watch = watchNode(action, { ...before, up: false });
    expect(watch({ ...before, up: false }, 60_000)).toBe(false);
    expect(watch(before, 60_100)).toBe(true);
  },
);
