/*
 * Counts what a simulated cluster forgets of deletions while it runs.
 */
import type { SimulatedCluster } from './simulated-cluster.ts';

const LOOK_MS = 100;

/** Processes come and go, and their figures with them: looks often, and counts what each process has counted. */
export async function countForgotten(cluster: SimulatedCluster, isOver: () => boolean): Promise<number> {
  const counts = new Map<object, number>();
  while (!isOver()) {
    for (const { process } of cluster.nodes) {
      if (process !== undefined) counts.set(process.repair, process.repair.figures.tombstonesDropped);
    }
    await cluster.time.sleep(LOOK_MS);
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
