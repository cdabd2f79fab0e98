/*
 * Whether nodes that are down should go out of the map, so that their data is copied to others. Not when
 * there is nowhere to copy it to, and not when many are down at once: that is a broken switch or a power
 * cut rather than so many broken nodes, and copying would load those that are left for nothing. Pure.
 */
import type { MapNode } from '@trolley/crush';

/** When nodes go out. */
export interface OutPolicy {
  /** A node that is down for so long goes out. */
  readonly downOutAfterMs: number;
  /** None goes out while fewer than this share of the nodes, in percent, is up and in. */
  readonly minInPercent: number;
}

/** What is known. */
export interface DownNodes {
  readonly nodes: readonly MapNode[];
  /** Replicas of a key. */
  readonly replicas: number;
  /** The nodes that are up. */
  readonly up: { has(nodeId: string): boolean };
  readonly downForMs: ReadonlyMap<string, number>;
}

/** Which nodes should go out, and which would but for the others that are down too. */
export interface DownVerdict {
  readonly out: readonly string[];
  /** Why each of them stays in, in words for whoever runs the cluster. */
  readonly keptIn: ReadonlyMap<string, string>;
}

/**
 * Judges the nodes that are `in` and down for too long. Drained nodes count nowhere: they left on purpose.
 * Nodes that went out earlier count as missing, so that a cluster does not fade away one node at a time.
 */
export function judgeDownNodes(known: DownNodes, { downOutAfterMs, minInPercent }: OutPolicy): DownVerdict {
  const { nodes, replicas, up, downForMs } = known;
  const overdue = nodes
    .filter(({ id, state }) => state === 'in' && !up.has(id) && (downForMs.get(id) ?? 0) >= downOutAfterMs)
    .map(({ id }) => id);
  if (overdue.length === 0) return { out: [], keptIn: new Map() };
  const counted = nodes.filter(({ drained }) => drained !== true).length;
  const left = nodes.filter(({ id, state }) => state === 'in' && up.has(id)).length;
  const reason = reasonToKeep(left, counted, replicas, minInPercent);
  if (reason === undefined) return { out: overdue, keptIn: new Map() };
  return { out: [], keptIn: new Map(overdue.map((id) => [id, reason])) };
}

function reasonToKeep(left: number, counted: number, replicas: number, minInPercent: number): string | undefined {
  if (left < replicas) return `${left} of the nodes that are in are up, too few for ${replicas} replicas`;
  if (left * 100 >= counted * minInPercent) return undefined;
  const percent = Math.floor((left * 100) / counted);
  return `${left} of ${counted} nodes are up and in, which is ${percent} % and below ${minInPercent} %`;
}
