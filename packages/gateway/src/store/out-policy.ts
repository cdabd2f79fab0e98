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

/** After many were down at once, those that are not back yet have so long: they come back one after the other. */
const RETURN_MS = 60_000;

/** The nodes at one moment. */
export interface NodesNow {
  readonly nodes: readonly MapNode[];
  /** Replicas of a key. */
  readonly replicas: number;
  /** The nodes that are up. */
  readonly up: { has(nodeId: string): boolean };
}

/** What is known. */
export interface DownNodes extends NodesNow {
  readonly downForMs: ReadonlyMap<string, number>;
  /** For how long, without a break, enough nodes have been up for others to go out. */
  readonly enoughForMs: number;
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
export function judgeDownNodes(known: DownNodes, policy: OutPolicy): DownVerdict {
  const { nodes, up, downForMs, enoughForMs } = known;
  const { downOutAfterMs } = policy;
  const overdue = nodes
    .filter(({ id, state }) => state === 'in' && !up.has(id) && (downForMs.get(id) ?? 0) >= downOutAfterMs)
    .map(({ id }) => id);
  if (overdue.length === 0) return { out: [], keptIn: new Map() };
  const reason = whyTooFewAreUp(known, policy) ?? whyTooSoon(enoughForMs, downOutAfterMs);
  if (reason === undefined) return { out: overdue, keptIn: new Map() };
  return { out: [], keptIn: new Map(overdue.map((id) => [id, reason])) };
}

/** Why no node may go out now, in words; undefined when enough are up for that. */
export function whyTooFewAreUp({ nodes, replicas, up }: NodesNow, { minInPercent }: OutPolicy): string | undefined {
  const counted = nodes.filter(({ drained }) => drained !== true);
  const left = counted.filter(({ id, state }) => state === 'in' && up.has(id)).length;
  if (left < replicas) return `${left} of the nodes that are in are up, too few for ${replicas} replicas`;
  if (left * 100 >= counted.length * minInPercent) return undefined;
  const percent = Math.floor((left * 100) / counted.length);
  const share = `${left} of ${counted.length} nodes are up and in, which is ${percent} % and below ${minInPercent} %`;
  const out = counted.filter(({ state }) => state === 'out').length;
  // Nodes that are gone for good would weigh on the share for ever: only the operator knows which these are.
  return out === 0 ? share : `${share} (${out} of them went out before: forget what will not come back)`;
}

function whyTooSoon(enoughForMs: number, downOutAfterMs: number): string | undefined {
  if (enoughForMs >= Math.min(downOutAfterMs, RETURN_MS)) return undefined;
  return `enough of the others are back for only ${Math.floor(enoughForMs / 1_000)} s, and it may follow`;
}
