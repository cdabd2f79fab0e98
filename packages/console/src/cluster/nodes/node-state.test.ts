import { describe, expect, test } from 'vitest';
import type { ClusterNode } from '../../api/cluster.ts';
import { commandsFor, livenessOf, standingOf } from './node-state.ts';

const NODE: ClusterNode = { id: 'node-1', zone: 'zone-1', weight: 1, state: 'in', up: true, hintsWaiting: 0 };

describe('whether a node answers', () => {
  test.each<[Partial<ClusterNode>, string]>([
    [{}, 'up'],
    [{ up: false }, 'down'],
    [{ up: false, process: 'stopped' }, 'down'],
    // The registry needs a while to notice that a paused node is silent.
    [{ up: true, process: 'paused' }, 'paused'],
    [{ up: false, process: 'paused' }, 'paused'],
    [{ up: false, process: 'cut-off' }, 'cut off'],
    [{ up: false, process: 'starting' }, 'starting'],
    [{ fetching: { groups: 4, groupsDone: 1, recordsLearned: 3 } }, 'catching up'],
  ])('%j is %s', (change, text) => expect(livenessOf({ ...NODE, ...change }).text).toBe(text));
});

describe('where the map has it', () => {
  test('a node that is in needs no word', () => expect(standingOf(NODE)).toBeUndefined());
  test('one that stays in though it is down for long says why', () => {
    expect(standingOf({ ...NODE, keptIn: 'too many are down' })).toMatchObject({ meaning: 'too many are down' });
  });
  test.each(['out', 'draining', 'drained'] as const)('%s', (state) => {
    expect(standingOf({ ...NODE, state })?.text).toBe(state);
  });
});

describe('what can be done to its process', () => {
  test.each<[Partial<ClusterNode>, readonly string[]]>([
    [{ process: 'running' }, ['kill', 'pause', 'cut-off']],
    [{ process: 'paused' }, ['resume', 'kill']],
    [{ process: 'cut-off' }, ['rejoin', 'kill']],
    [{ process: 'stopped' }, ['restart']],
    [{ process: 'starting' }, []],
    [{}, ['kill']],
    [{ up: false }, ['restart']],
  ])('%j: %j', (change, commands) => expect(commandsFor({ ...NODE, ...change })).toEqual(commands));
});
