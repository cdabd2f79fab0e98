/*
 * Placements written down once and for all. A test that fails here means that a running cluster would look
 * for its data on the wrong nodes: see docs/decisions/0001-golden-placements.md and testdata/README.md.
 */
import { expect, test } from 'vitest';
import type { ClusterMap, MapNode } from './cluster-map.ts';
import { parseClusterMap } from './parse-cluster-map.ts';
import { placeGroup } from './place.ts';
import { placementGroupOf } from './placement-group.ts';
import { groupsOf, nodesIn } from './testing/arbitrary-map.ts';

const unequalZones: MapNode[] = [
  { id: 'north-1', zone: 'north', weight: 1, state: 'in' },
  { id: 'north-2', zone: 'north', weight: 3, state: 'in' },
  { id: 'east-1', zone: 'east', weight: 0.5, state: 'in' },
  { id: 'east-2', zone: 'east', weight: 2.25, state: 'in' },
  { id: 'south-1', zone: 'south', weight: 1.5, state: 'in' },
  { id: 'west-1', zone: 'west', weight: 4, state: 'in' },
  { id: 'west-2', zone: 'west', weight: 0.1, state: 'in' },
];

const maps: Record<string, ClusterMap> = {
  'three-equal-nodes': { epoch: 1, pgCount: 256, replicas: 3, nodes: nodesIn(['zone-1', 'zone-2', 'zone-3'], 1) },
  'zones-with-unequal-weights': { epoch: 1, pgCount: 128, replicas: 3, nodes: unequalZones },
  'one-node-out': {
    epoch: 2,
    pgCount: 128,
    replicas: 3,
    nodes: unequalZones.map((node) => (node.id === 'north-2' ? { ...node, state: 'out' } : node)),
  },
  'fewer-nodes-than-replicas': { epoch: 1, pgCount: 64, replicas: 3, nodes: nodesIn(['zone-1'], 2) },
  'more-replicas-than-zones': { epoch: 1, pgCount: 64, replicas: 5, nodes: nodesIn(['zone-1', '__proto__'], 3) },
  'twelve-nodes-in-three-zones': {
    epoch: 1,
    pgCount: 256,
    replicas: 3,
    nodes: nodesIn(['zone-1', 'zone-2', 'zone-3'], 4),
  },
};

const keys = [
  'product:orange',
  'product:oat milk 1 l',
  'product:__proto__',
  'product:🍎',
  'product:cafe\u0301',
  'product:caf\u00e9',
  'user:ann@example.com',
  `user:${'x'.repeat(300)}@example.com`,
  '',
];

/** JSON with one line for each entry, so that a difference names the groups that would move. */
function toLines(name: string, entries: readonly unknown[]): string {
  return `  ${JSON.stringify(name)}: [\n${entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
}

test.each(Object.entries(maps))('placements of %s', async (name, map) => {
  const { nodes, ...settings } = parseClusterMap(map);
  const placements = groupsOf(map).map((pg) => placeGroup(map, pg));
  const text = `{\n  "settings": ${JSON.stringify(settings)},\n${toLines('nodes', nodes)},\n${toLines('placements', placements)}\n}\n`;
  await expect(text).toMatchFileSnapshot(`../testdata/${name}.json`);
});

test('placement groups of keys', async () => {
  const groups = keys.map((key) => [key, placementGroupOf(key, 256), placementGroupOf(key, 65_536)]);
  await expect(`{\n${toLines('keys with their groups of 256 and of 65536', groups)}\n}\n`).toMatchFileSnapshot(
    '../testdata/keys.json',
  );
});
