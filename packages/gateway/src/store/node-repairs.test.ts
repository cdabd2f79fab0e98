import type { RepairRun } from '@trolley/cluster';
import { afterEach, expect, test } from 'vitest';
import { createTestStore } from '../testing/test-store.ts';

const RUN: RepairRun = { id: 3, ended: true, passes: 1, repaired: 0, examples: [], peers: [] };

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (store) => store.close()));
});

test('each node that holds data is told to begin, one that is down or silent is named, others are not asked', async () => {
  const { repair, registry, node, ...store } = createTestStore({ nodes: 4 });
  running.push(store);
  node('a').repairRun = RUN;
  node('c').behaviour = 'refuses';
  registry.down(node('b'));
  const map = registry.view.stored?.map;
  if (map === undefined) throw new Error('no map');
  const nodes = map.nodes.map((each) =>
    each.id === 'd' ? { ...each, state: 'out' as const, drained: true as const } : each,
  );
  registry.setMap({ ...map, epoch: 2, nodes });
  expect(await repair.begin(undefined, 'request')).toEqual([
    { node: 'a', up: true, run: RUN, error: null },
    { node: 'b', up: false, run: null, error: null },
    { node: 'c', up: true, run: null, error: expect.stringContaining('refused') },
  ]);
  expect(node('d').counts.repair).toBe(0);
  expect(await repair.begin('d', 'request')).toBeUndefined();
  expect(await repair.begin('__proto__', 'request')).toBeUndefined();
  expect(await repair.begin('a', 'request')).toHaveLength(1);
  expect(await repair.runs('request')).toHaveLength(3);
});
