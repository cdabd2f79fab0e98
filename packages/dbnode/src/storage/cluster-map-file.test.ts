/*
 * The map that a node remembers: it lasts, its loss is no damage, and a directory of an earlier version opens.
 */
import type { ClusterMap } from '@trolley/crush';
import { expect, test } from 'vitest';
import { createEngineWorld, DATA_DIR } from '../testing/engine-world.ts';
import { seal } from './seal.ts';

const PATH = `${DATA_DIR}/cluster-map.json`;
const MAP: ClusterMap = {
  epoch: 7,
  pgCount: 16,
  replicas: 3,
  nodes: [
    { id: 'node-a', zone: 'west', weight: 2, weightSet: true, state: 'in' },
    { id: 'node-b', zone: 'east', weight: 1, state: 'out', drained: true },
  ],
  previousNodes: [{ id: 'node-b', zone: 'east', weight: 1, state: 'in' }],
};

test('the map is there after a crash, the last that was remembered', async () => {
  const world = createEngineWorld();
  const engine = await world.open();
  expect(engine.rememberedMap).toBeUndefined();
  await engine.rememberMap({ ...MAP, epoch: 6 });
  await engine.rememberMap(MAP);
  expect(engine.rememberedMap).toEqual(MAP);
  world.medium.crash('nothing');
  const next = await world.open();
  expect(next.rememberedMap).toEqual(MAP);
  expect(next.recovery).toMatchObject({ doubts: [], setAside: [] });
});

test('a map that is damaged is set aside, and costs neither incarnation nor trust', async () => {
  const world = createEngineWorld();
  const engine = await world.open();
  await engine.rememberMap(MAP);
  world.medium.crash('nothing');
  world.medium.overwrite(PATH, world.medium.contents(PATH).subarray(0, 20));
  const next = await world.open();
  expect(next.rememberedMap).toBeUndefined();
  expect(next.actor).toBe(engine.actor);
  expect(next.recovery).toMatchObject({ doubts: [], incompleteGroups: [], setAside: [{ reason: /cluster-map/ }] });
});

test.each([{ format: 2, map: MAP }, { format: 1 }, { format: 1, map: { ...MAP, nodes: [] } }])(
  'a map of another version keeps the node from starting: %j',
  async (contents) => {
    const world = createEngineWorld();
    await (await world.open()).rememberMap(MAP);
    world.medium.crash('nothing');
    world.medium.overwrite(PATH, seal(contents));
    await expect(world.open()).rejects.toThrow('cluster-map.json');
  },
);
