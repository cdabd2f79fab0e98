import { placeGroup, type ClusterMap, type MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { metBy, sourcesToAsk, syncNeeds } from './sync-needs.ts';

const node = (id: string): MapNode => ({ id, zone: `zone-${id}`, weight: 1, state: 'in' });
const settled: ClusterMap = { epoch: 1, pgCount: 16, replicas: 3, nodes: ['a', 'b', 'c'].map(node) };
const moving: ClusterMap = {
  epoch: 2,
  pgCount: 16,
  replicas: 3,
  nodes: ['a', 'b', 'c', 'd'].map(node),
  previousNodes: settled.nodes,
};

const allGroups = Array.from({ length: 16 }, (_, pg) => pg);
const nothing = new Set<number>();
/** These nodes have told all, and lack nothing. */
const told = (...ids: string[]) => new Map(ids.map((id) => [id, nothing]));

test('a node that gained nothing and lost nothing needs nothing', () => {
  expect(syncNeeds(settled, 'a', []).size).toBe(0);
  expect(syncNeeds(moving, 'a', []).size).toBe(0);
});

test('a node that joined needs what it is placed on, from a majority of the previous owners', () => {
  const needs = syncNeeds(moving, 'd', []);
  const placedOn = allGroups.filter((pg) => placeGroup(moving, pg).includes('d'));
  expect([...needs.keys()]).toEqual(placedOn);
  expect(sourcesToAsk(needs, told())).toEqual(['a', 'b', 'c']);
  expect(sourcesToAsk(needs, told('a', 'b'))).toEqual(['c']);
  expect(metBy(needs, told('a'))).toEqual([]);
  expect(metBy(needs, told('a', 'c'))).toEqual(placedOn);
});

test('I8: what was lost is complete only when every replica that may alone hold an acknowledged write has told', () => {
  const needs = syncNeeds(settled, 'a', [3, 5]);
  expect(sourcesToAsk(needs, told())).toEqual(['b', 'c']);
  expect(metBy(needs, told('b'))).toEqual([]);
  expect(metBy(needs, told('b', 'c'))).toEqual([3, 5]);
});

test('I8: the word of a source that lost data of a group itself counts only when nobody is left to ask', () => {
  const [pg = 0, other = 0] = syncNeeds(moving, 'd', []).keys();
  const needs = new Map([...syncNeeds(moving, 'd', [])].filter(([key]) => key === pg || key === other));
  const lacking = new Map([...told('a'), ['b', new Set([pg])]]);
  expect(metBy(needs, lacking)).toEqual([other]);
  // It is asked again: by then it may have everything back.
  expect(sourcesToAsk(needs, lacking)).toEqual(['b', 'c']);
  expect(metBy(needs, new Map([...lacking, ...told('c')]))).toEqual([pg, other]);
  // Two that lost data must not wait for each other for ever.
  const bothLost = new Map([...told('a'), ['b', new Set([pg])], ['c', new Set([pg])]]);
  expect(metBy(needs, bothLost)).toEqual([pg, other]);
});

test('I8: while data moves, what was lost comes from the previous owners: the new ones may have nothing yet', () => {
  const [pg = 0] = allGroups.filter((group) => !placeGroup(moving, group).includes('b'));
  const [owner = ''] = placeGroup(moving, pg).filter((id) => id !== 'd');
  const needs = syncNeeds(moving, owner, [pg]);
  const previousOwners = ['a', 'b', 'c'].filter((id) => id !== owner);
  expect(sourcesToAsk(needs, told())).toEqual(previousOwners);
  expect(metBy(needs, told('d', ...previousOwners.slice(1)))).toEqual([]);
  expect(metBy(needs, told(...previousOwners))).toEqual([pg]);
});

test('while data moves, a previous owner wants back what it lost though it is to lose the group', () => {
  const leaving = allGroups.filter((pg) => !placeGroup(moving, pg).includes('a'));
  expect(leaving.length).toBeGreaterThan(0);
  expect([...syncNeeds(moving, 'a', leaving).keys()]).toEqual(leaving);
});

test('a group that the node lost and no longer holds is not fetched', () => {
  const grown: ClusterMap = { epoch: 3, pgCount: 16, replicas: 3, nodes: moving.nodes };
  const needs = syncNeeds(grown, 'a', allGroups);
  expect([...needs.keys()]).toEqual(allGroups.filter((pg) => placeGroup(grown, pg).includes('a')));
});

test('what the only replica lost, nobody can give: it is complete as it is', () => {
  const alone: ClusterMap = { ...settled, nodes: [node('a')] };
  const needs = syncNeeds(alone, 'a', [3]);
  expect(sourcesToAsk(needs, told())).toEqual([]);
  expect(metBy(needs, told())).toEqual([3]);
});
