/*
 * The cluster in a line of figures.
 */
import type { VNode } from 'preact';
import type { Cluster } from '../api/cluster.ts';
import { count, figure } from '../app/format.ts';

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'warn' | 'bad' | 'info';
}

const UNKNOWN = '–';

/** The figures; dashes until they are known. */
export function ClusterSummary({ cluster }: { readonly cluster: Cluster | undefined }): VNode {
  return (
    <dl class="cluster-summary">
      {factsOf(cluster).map(({ name, value, tone = '' }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(cluster: Cluster | undefined): readonly Fact[] {
  const nodes = cluster?.nodes ?? [];
  const up = nodes.filter((node) => node.up).length;
  const { active = 0, degraded = 0, moving = 0 } = cluster?.groupCounts ?? {};
  return [
    {
      name: 'Nodes up',
      value: cluster ? `${up} of ${nodes.length}` : UNKNOWN,
      ...(up < nodes.length ? { tone: 'bad' as const } : {}),
    },
    { name: 'Requests/s', value: figureOr(sumOf(nodes.map((node) => node.requestsPerSecond))) },
    { name: 'Replicas of a key', value: countOr(cluster?.replicas) },
    {
      name: 'Groups whole',
      value: cluster?.groupCounts ? `${count(active)} of ${count(cluster.pgCount ?? 0)}` : UNKNOWN,
    },
    {
      name: 'Degraded',
      value: countOr(cluster?.groupCounts && degraded),
      ...(degraded > 0 ? { tone: 'warn' as const } : {}),
    },
    {
      name: 'Moving',
      value: countOr(cluster?.groupCounts && moving),
      ...(moving > 0 ? { tone: 'info' as const } : {}),
    },
    { name: 'Map epoch', value: countOr(cluster?.epoch) },
    registryFact(cluster),
  ];
}

function registryFact(cluster: Cluster | undefined): Fact {
  if (cluster === undefined) return { name: 'Registry', value: UNKNOWN };
  return cluster.registry.connected
    ? { name: 'Registry', value: 'connected' }
    : { name: 'Registry', value: 'away', tone: 'bad' };
}

function sumOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

function countOr(value: number | undefined): string {
  return value === undefined ? UNKNOWN : count(value);
}

function figureOr(value: number | undefined): string {
  return value === undefined ? UNKNOWN : figure(value);
}
