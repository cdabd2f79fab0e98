/*
 * The cluster as the page shows it: asked for every second, and at once when something happens to it.
 */
import { useEffect } from 'preact/hooks';
import { getCluster, getGroups, type Cluster, type Group } from '../api/cluster.ts';
import { onClusterEvent } from '../live/events.ts';
import { usePolled, type Polled } from '../live/use-polled.ts';

const EVERY_MS = 1_000;
/** Groups change with the map and with who is up; this only finds what was missed. */
const GROUPS_EVERY_MS = 30_000;
const TELLING: ReadonlySet<string> = new Set(['node-up', 'node-down', 'map-changed', 'registry-lost', 'registry-back']);

/** The map, the nodes and the gateways. */
export function useCluster(): Polled<Cluster> {
  const cluster = usePolled(getCluster, EVERY_MS);
  useEffect(() => onClusterEvent(({ type }) => TELLING.has(type) && cluster.refresh()), []);
  return cluster;
}

/** Every placement group. */
export function useGroups(cluster: Cluster | undefined): readonly Group[] | undefined {
  const moving = cluster?.moving === true;
  const groups = usePolled(getGroups, moving ? EVERY_MS : GROUPS_EVERY_MS);
  const { epoch, groupCounts, nodes } = cluster ?? {};
  const up = nodes?.map((node) => Number(node.up)).join('');
  useEffect(groups.refresh, [epoch, moving, up, groupCounts?.active, groupCounts?.degraded]);
  return groups.value;
}
