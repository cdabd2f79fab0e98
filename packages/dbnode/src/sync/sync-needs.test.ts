import { placeGroup, type ClusterMap, type MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { groupsToAsk, metBy, notOwned, syncNeeds, type TellingKind, type Told } from './sync-needs.ts';

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
/** These nodes have told all of every group. */
const told = (...ids: string[]): Told => new Map(ids.map((id) => [id, tellings()]));
/** All of every group, but of these only what is left. */
function tellings(...lacking: number[]): ReadonlyMap<number, TellingKind> {
  return new Map(allGroups.map((pg) => [pg, lacking.includes(pg) ? 'what-is-left' : 'all'] as const));
}
const sourcesToAsk = (...known: Parameters<typeof groupsToAsk>) => [...groupsToAsk(...known).keys()];

test('a node that gained nothing and lost nothing needs nothing', () => {
  expect(syncNeeds(settled, 'a', []).size).toBe(0);
  expect(syncNeeds(moving, 'a', []).size).toBe(0);
});

test('a node that joined needs what it is placed on, from a majority of the previous owners', () => {
  const needs = syncNeeds(moving, 'd', []);
  const placedOn = allGroups.filter((pg) => placeGroup(moving, pg).includes('d'));
  expect([...needs.keys()]).toEqual(placedOn);
  expect(sourcesToAsk(needs, told())).toEqual(['a', 'b', 'c']);
  // Two of three know every write: the third need not be asked.
  expect(sourcesToAsk(needs, told('a'))).toEqual(['b', 'c']);
  expect(sourcesToAsk(needs, told('a', 'b'))).toEqual([]);
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
  const lacking: Told = new Map([...told('a'), ['b', tellings(pg)]]);
  expect(metBy(needs, lacking)).toEqual([other]);
  // It is asked again, for that group alone: by then it may have everything back.
  expect(groupsToAsk(needs, lacking)).toEqual(
    new Map([
      ['b', [pg]],
      ['c', [pg]],
    ]),
  );
  expect(metBy(needs, new Map([...lacking, ...told('c')]))).toEqual([pg, other]);
  // Two that lost data must not wait for each other for ever.
  const bothLost: Told = new Map([...told('a'), ['b', tellings(pg)], ['c', tellings(pg)]]);
  expect(metBy(needs, bothLost)).toEqual([pg, other]);
});

test('I24: who may have forgotten accepts counts only when all have told, or who has not is lost for good', () => {
  const needs = syncNeeds(moving, 'd', []);
  const [pg = 0] = needs.keys();
  const need = new Map([...needs].filter(([key]) => key === pg));
  const forgetful: Told = new Map([['a', new Map([[pg, 'all-but-votes']])], ...told('b')]);
  expect(metBy(need, forgetful)).toEqual([]);
  expect(sourcesToAsk(need, forgetful)).toEqual(['a', 'c']);
  expect(metBy(need, new Map([...forgetful, ...told('c')]))).toEqual([pg]);
  expect(metBy(need, forgetful, new Set(['c']))).toEqual([pg]);
  // Records are not given up that way.
  const lacking: Told = new Map([['a', tellings(pg)], ...told('b')]);
  expect(metBy(need, lacking, new Set(['c']))).toEqual([]);
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

test('I8: what was lost of groups that others own holds nobody up, unless the node is a previous owner', () => {
  const grown: ClusterMap = { epoch: 3, pgCount: 16, replicas: 3, nodes: moving.nodes };
  const others = allGroups.filter((pg) => !placeGroup(grown, pg).includes('a'));
  expect(others.length).toBeGreaterThan(0);
  expect(notOwned(grown, 'a', allGroups)).toEqual(others);
  expect(notOwned(moving, 'a', allGroups)).toEqual([]);
});

test('what the only replica lost, nobody can give: it is complete as it is', () => {
  const alone: ClusterMap = { ...settled, nodes: [node('a')] };
  const needs = syncNeeds(alone, 'a', [3]);
  expect(sourcesToAsk(needs, told())).toEqual([]);
  expect(metBy(needs, told())).toEqual([3]);
});

test('a group that was told stays told when the rest of its node was not', () => {
  const needs = syncNeeds(moving, 'd', []);
  const [first = 0, ...others] = needs.keys();
  const partly: Told = new Map([
    ['a', new Map([[first, 'all']])],
    ['b', new Map([[first, 'all']])],
  ]);
  expect(metBy(needs, partly)).toEqual([first]);
  for (const groups of groupsToAsk(needs, partly).values()) expect(groups).toEqual(others);
});
