import type { NodeStatus, RegistryView } from '@trolley/cluster';
import { placeGroup, previousMap, type ClusterMap, type MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { groupsOf, overviewOf, type ClusterKnowledge } from './overview.ts';

const node = (id: string, change: Partial<MapNode> = {}): MapNode => ({
  id,
  zone: id,
  weight: 1,
  state: 'in',
  ...change,
});
const nodes = ['a', 'b', 'c', 'd'].map((id) => node(id));
const settled: ClusterMap = { epoch: 4, pgCount: 32, replicas: 3, nodes };
const joining: ClusterMap = { ...settled, nodes: [...nodes, node('e')], previousNodes: nodes };

const IDLE: NodeStatus = {
  records: 10,
  bytes: 500,
  hintsWaiting: [],
  incompleteGroups: [],
  fetching: null,
  lastEvent: 0,
  events: [],
};

interface Told extends Partial<Omit<ClusterKnowledge, 'reports' | 'view'>> {
  readonly map?: ClusterMap;
  readonly up?: string;
  readonly statuses?: Record<string, Partial<NodeStatus>>;
}

/** What a gateway knows when these nodes are up and have said this of themselves. */
function knowing({ map = settled, up = 'abcde', statuses = {}, ...rest }: Told): ClusterKnowledge {
  const registered = up.split('').map((id) => ({ id, host: 'h', port: 1, zone: id, weight: 1, sequence: 1 }));
  const view: RegistryView = { connected: true, nodes: registered, gateways: [], stored: { map, revision: 1 } };
  return {
    view,
    seen: new Map(registered.map((details) => [details.id, { details, seenMs: 3 }])),
    reports: new Map(
      Object.entries(statuses).map(([id, status]) => [id, { status: { ...IDLE, ...status }, atMs: 7 }] as const),
    ),
    syncedEpochs: new Map(),
    keptIn: new Map(),
    nowMs: 9,
    secondsFor: () => undefined,
    ...rest,
  };
}

const twiceAsMany = (groups: number) => groups * 2;
const nodeIn = (known: ClusterKnowledge, id: string) => overviewOf(known).nodes.find((each) => each.id === id);

test('a node tells how it is; what one said that is down now is not shown', () => {
  const statuses = { a: { incompleteGroups: [3, 5] }, d: {} };
  const known = knowing({ up: 'abc', statuses });
  expect(nodeIn(known, 'a')).toMatchObject({ records: 10, bytes: 500, incompleteGroups: 2, lastSeenMs: 7 });
  expect(nodeIn(known, 'b')).toMatchObject({ records: undefined, lastSeenMs: 9 });
  // What it said last is later than the registration that was seen, and earlier than its end there.
  expect(nodeIn(known, 'd')).toMatchObject({ up: false, records: undefined, lastSeenMs: 7 });
  expect(nodeIn(knowing({ up: 'abc' }), 'd')).toMatchObject({ up: false, lastSeenMs: undefined });
});

test('hints that wait for a node are summed over those who are up and hold them', () => {
  const hintsWaiting = [['d', 5] as const, ['b', 1] as const];
  const known = knowing({
    up: 'abc',
    statuses: { a: { hintsWaiting }, b: { hintsWaiting: [['d', 2]] }, d: { hintsWaiting } },
  });
  expect(overviewOf(known).nodes.map(({ hintsWaiting: count }) => count)).toEqual([0, 1, 0, 7]);
});

test('a drained node that still holds records may not be stopped yet', () => {
  const map = { ...settled, nodes: [...nodes.slice(0, 3), node('d', { state: 'out', drained: true })] };
  expect(nodeIn(knowing({ map, statuses: { d: { records: 1 } } }), 'd')?.state).toBe('draining');
  expect(nodeIn(knowing({ map, statuses: { d: { records: 0 } } }), 'd')?.state).toBe('drained');
  expect(nodeIn(knowing({ map, up: 'abc', statuses: { d: { records: 1 } } }), 'd')?.state).toBe('drained');
});

test('a node is draining until the move has ended, drained from then on, and out when nobody wished it', () => {
  const gone = [...nodes.slice(0, 3), node('d', { state: 'out', drained: true })];
  expect(nodeIn(knowing({ map: { ...settled, nodes: gone, previousNodes: nodes } }), 'd')?.state).toBe('draining');
  expect(nodeIn(knowing({ map: { ...settled, nodes: gone } }), 'd')?.state).toBe('drained');
  expect(nodeIn(knowing({ map: { ...settled, nodes: gone, previousNodes: gone } }), 'd')?.state).toBe('drained');
  const out = [...nodes.slice(0, 3), node('d', { state: 'out' })];
  expect(nodeIn(knowing({ map: { ...settled, nodes: out, previousNodes: nodes } }), 'd')?.state).toBe('out');
  expect(nodeIn(knowing({}), 'e')?.state).toBe('absent');
});

test('a group is degraded while a node of it lacks part of what it once acknowledged', () => {
  const known = knowing({ statuses: { a: { incompleteGroups: [0, 1, 2, 3, 4, 5, 6, 7] } } });
  const degraded = groupsOf(known).filter(({ state }) => state === 'degraded');
  expect(degraded.map(({ pg }) => pg)).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7].filter((pg) => placeGroup(settled, pg).includes('a')),
  );
});

test('groups are active, degraded when a node of theirs is down, and moving with a percentage', () => {
  expect(overviewOf(knowing({})).groupCounts).toEqual({ active: 32, degraded: 0, moving: 0 });
  const onD = Array.from({ length: 32 }, (_, pg) => pg).filter((pg) => placeGroup(settled, pg).includes('d')).length;
  expect(overviewOf(knowing({ up: 'abc' })).groupCounts).toEqual({ active: 32 - onD, degraded: onD, moving: 0 });

  const gained = Array.from({ length: 32 }, (_, pg) => pg).filter((pg) => placeGroup(joining, pg).includes('e'));
  const groupsLeft = gained.slice(2);
  // It also fetches one that it lost, which is none of the move's.
  const fetching = { epoch: 4, groups: gained.length + 1, groupsDone: 3, groupsLeft, recordsLearned: 1 };
  const groups = groupsOf(knowing({ map: joining, statuses: { e: { fetching } } }));
  const moving = groups.filter(({ nodes: owners }) => owners.includes('e'));
  expect(moving.length).toBeGreaterThan(2);
  for (const group of moving) {
    const previousNodes = placeGroup(previousMap(joining) ?? joining, group.pg);
    expect(group).toMatchObject({ state: 'moving', previousNodes, percent: groupsLeft.includes(group.pg) ? 0 : 100 });
  }
  const known = knowing({ map: joining, statuses: { e: { fetching } } });
  expect(overviewOf(known).move).toMatchObject({ groups: gained.length, groupsDone: 2 });
  expect(nodeIn(known, 'e')?.fetching).toEqual({ groups: gained.length + 1, groupsDone: 3, recordsLearned: 1 });
  // What it has by an older map does not count: it begins anew.
  const older = knowing({ map: joining, statuses: { e: { fetching: { ...fetching, epoch: 3 } } } });
  expect(overviewOf(older).move?.groupsDone).toBe(0);
  expect(groups.filter(({ nodes: owners }) => !owners.includes('e')).every(({ state }) => state === 'active')).toBe(
    true,
  );
});

test('a move tells how far it is and how long it will take, and is done when the nodes are in step', () => {
  const begun = overviewOf(knowing({ map: joining, secondsFor: twiceAsMany })).move;
  expect(begun).toMatchObject({ groupsDone: 0, percent: 0, remainingSeconds: (begun?.groups ?? 0) * 2 });
  const older = overviewOf(knowing({ map: joining, syncedEpochs: new Map([['e', 3]]) })).move;
  expect(older?.percent).toBe(0);
  const done = overviewOf(knowing({ map: joining, syncedEpochs: new Map([['e', 4]]) })).move;
  expect(done).toMatchObject({ groupsDone: done?.groups, percent: 100 });
  expect(overviewOf(knowing({})).move).toBeUndefined();
});

test('without a map there are no groups, and nodes that registered are absent from it', () => {
  const known = knowing({});
  const before: ClusterKnowledge = { ...known, view: { ...known.view, stored: undefined } };
  expect(overviewOf(before)).toMatchObject({ epoch: undefined, groupCounts: undefined, moving: false });
  expect(overviewOf(before).nodes.every(({ state }) => state === 'absent')).toBe(true);
  expect(groupsOf(before)).toEqual([]);
});
