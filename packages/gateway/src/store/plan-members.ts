/*
 * Who should be in the map, and how: nodes that registered join, those that are back come in again, a
 * weight or zone that changed is taken over, and those that are down for too long go out. Pure.
 */
import type { NodeDetails } from '@trolley/cluster';
import { NODES_MAX, type ClusterMap, type MapNode } from '@trolley/crush';
import { judgeDownNodes, type OutPolicy } from './out-policy.ts';

/** What is known of the nodes. */
interface KnownNodes {
  readonly up: readonly NodeDetails[];
  readonly downForMs: ReadonlyMap<string, number>;
  readonly enoughForMs: number;
}

/** The nodes that a map should have. */
export interface PlannedMembers {
  readonly nodes: readonly MapNode[];
  /** What changes, in words; none when nothing does. */
  readonly reasons: readonly string[];
}

/**
 * The nodes that should be in the map after `current`. A node that goes down stays in for a while: its data stays.
 * Nodes for which the map has no room do not join: a map with more is one that nobody would read.
 */
export function planMembers(current: ClusterMap, known: KnownNodes, policy: OutPolicy): PlannedMembers {
  const { up, downForMs, enoughForMs } = known;
  const reasons: string[] = [];
  const registered = new Map(up.map((details) => [details.id, details]));
  const inMap = new Set(current.nodes.map(({ id }) => id));
  const joining = membersOf(
    up.filter(({ id }) => !inMap.has(id)),
    NODES_MAX - current.nodes.length,
  );
  reasons.push(...joining.map(({ id }) => `${id} joined`));
  const present = [...current.nodes.map((node) => renewed(node, registered.get(node.id), reasons)), ...joining];

  const { replicas } = current;
  const { out } = judgeDownNodes({ nodes: present, replicas, up: registered, downForMs, enoughForMs }, policy);
  reasons.push(...out.map((id) => `${id} is out: it is down for too long`));
  const isOut = new Set(out);
  const nodes = present.map((node) => (isOut.has(node.id) ? { ...node, state: 'out' as const } : node));
  return { nodes, reasons };
}

/** A node with what it says of itself now. Whatever it says, one that was drained stays out, and a weight that was set stays. */
function renewed(node: MapNode, details: NodeDetails | undefined, reasons: string[]): MapNode {
  if (details === undefined) return node;
  const { id, zone } = details;
  const weight = node.weightSet === true ? node.weight : details.weight;
  const isBack = node.state === 'out' && node.drained !== true;
  if (isBack) reasons.push(`${id} is back in`);
  if (weight !== node.weight) reasons.push(`${id} has weight ${weight}, no longer ${node.weight}`);
  if (zone !== node.zone) reasons.push(`${id} is in zone ${zone}, no longer ${node.zone}`);
  return { ...node, zone, weight, state: isBack ? 'in' : node.state };
}

/** Nodes that join, ordered by id; the first ones, when there is no room for all. */
export function membersOf(details: readonly NodeDetails[], room = NODES_MAX): readonly MapNode[] {
  const members = details.map(({ id, zone, weight }): MapNode => ({ id, zone, weight, state: 'in' }));
  return orderedById(members).slice(0, room);
}

/** Ordered by id in code units, so that equal sets of nodes make equal maps. */
export function orderedById(nodes: readonly MapNode[]): readonly MapNode[] {
  return nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
