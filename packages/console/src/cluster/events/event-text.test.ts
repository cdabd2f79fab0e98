import { expect, test } from 'vitest';
import type { ClusterEvent } from '../../live/events.ts';
import { eventText, kindOf } from './event-text.ts';

test.each<[Omit<ClusterEvent, 'id' | 'atMs'>, string]>([
  [{ type: 'node-down', node: 'node-2' }, 'node-2 is down'],
  [{ type: 'map-changed', epoch: 3, reason: 'node-4 joined' }, 'The map has epoch 3: node-4 joined'],
  [{ type: 'move-progress', node: 'node-4', groups: 64, groupsDone: 10 }, 'node-4 has 10 of 64 groups'],
  [
    { type: 'repaired', key: 'product:apple', node: 'node-2', fromVersion: 3, toVersion: 4, why: 'hint' },
    'product:apple on node-2: version 3 → 4, a hint brought it',
  ],
  [
    { type: 'degraded', key: 'product:apple', operation: 'write', answered: 1, replicas: 3 },
    'Wrote product:apple with 1 of 3 replicas',
  ],
  [{ type: 'from-the-future', node: 'node-3' }, 'from-the-future node-3'],
])('%j', (event, text) => expect(eventText({ id: '1', atMs: 1, ...event })).toBe(text));

test('every type that the gateway documents has a kind', () => {
  const types = ['node-up', 'node-down', 'node-in', 'node-out', 'drain-started', 'drained', 'map-changed'];
  types.push(
    'map-put-back',
    'move-started',
    'move-progress',
    'move-ended',
    'repaired',
    'degraded',
    'registry-lost',
    'registry-back',
  );
  expect(types.filter((type) => kindOf({ id: '1', atMs: 1, type }) === undefined)).toEqual([]);
});
