/*
 * Waits until a cluster has settled: no data on the move, and every node in step with the newest map.
 */
import { get } from './client.ts';
import type { TestCluster } from './cluster.ts';
import { property } from './json.ts';
import { waitUntil } from './wait-until.ts';

/** Until every gateway tells of one map, in which nothing moves, and these nodes hold all that they should by it. */
export async function waitUntilInStep(cluster: TestCluster, nodeIds: readonly string[]): Promise<void> {
  await waitUntil(`${nodeIds.join(', ')} to be in step with the map`, async () => {
    const overviews = await Promise.all(cluster.gateways.map(async ({ url }) => (await get(url, '/cluster')).body));
    const epochs = await Promise.all(nodeIds.map(async (id) => syncedEpochOf(cluster, id)));
    const newest = overviews.map((overview) => property(overview, 'epoch'));
    const isMoving = overviews.some((overview) => property(overview, 'moving') !== false);
    return !isMoving && new Set([...newest, ...epochs]).size === 1;
  });
}

/** The newest epoch by which a node holds all that it should; 0 while it lacks something. */
export async function syncedEpochOf(cluster: TestCluster, nodeId: string): Promise<number> {
  const { body } = await get(cluster.node(nodeId).url, '/status');
  return Number(property(body, 'syncedEpoch'));
}
