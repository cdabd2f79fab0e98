/*
 * When nodes that have just started leave each other alone: before that, what one of them misses is found at once.
 */
import type { TestCluster } from './cluster.ts';
import { metricsOf } from './metrics.ts';
import { waitUntil } from './wait-until.ts';

/** Resolves once each node has compared with every other. */
export async function waitUntilCompared({ nodes }: TestCluster): Promise<void> {
  const others = nodes.size - 1;
  await waitUntil('the nodes to have compared with each other', async () => {
    const counts = [...nodes.values()].map(async ({ url }) =>
      (await metricsOf(url)).sum('trolley_node_comparisons_total'),
    );
    return (await Promise.all(counts)).every((count) => count >= others);
  });
}
