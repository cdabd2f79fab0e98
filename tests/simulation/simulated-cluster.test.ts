import { emptyRecord, encodeRecord, userKey, write } from '@trolley/records';
import { expect, test } from 'vitest';
import { SimulatedCluster } from './simulated-cluster.ts';

test('groups are apart while a replica lacks what another holds, and until all owners can be looked at', async () => {
  const cluster = new SimulatedCluster({ seed: 1, nodes: 3, gateways: 1 });
  await cluster.time.run(
    (async () => {
      expect(cluster.groupsApart()).toHaveLength(8);
      for (let node = 0; node < 3; node += 1) await cluster.grow();
      await cluster.settle();
      expect(cluster.groupsApart()).toEqual([]);
      const [first, second] = cluster.nodes;
      await first?.process?.engine.merge(userKey('ann'), encodeRecord(write(emptyRecord, 'a.1', [['exists', 1]])));
      expect(cluster.groupsApart()).toHaveLength(1);
      await cluster.until('owners hold the same', () => cluster.groupsApart().length === 0);
      second?.kill();
      expect(cluster.groupsApart()).toHaveLength(8);
    })(),
  );
});
