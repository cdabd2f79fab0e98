/*
 * How evenly placement groups lie on nodes. Pure.
 */
import type { ClusterNode, Group } from '../../api/cluster.ts';

/** A node's part of the groups. */
export interface Share {
  readonly node: string;
  /** Groups of which it is a replica, and those of them that it is first for. */
  readonly held: number;
  readonly first: number;
  /** How many it would hold if all were spread exactly by weight; 0 for a node on which nothing is placed. */
  readonly ideal: number;
}

/** The shares of all nodes, in their order. */
export function sharesOf(groups: readonly Group[], nodes: readonly ClusterNode[]): readonly Share[] {
  const held = new Map<string, number>();
  const first = new Map<string, number>();
  let placed = 0;
  for (const group of groups) {
    group.nodes.forEach((node, rank) => {
      add(held, node);
      if (rank === 0) add(first, node);
      placed += 1;
    });
  }
  const weights = nodes.reduce((sum, node) => sum + weightOf(node), 0);
  return nodes.map((node) => ({
    node: node.id,
    held: held.get(node.id) ?? 0,
    first: first.get(node.id) ?? 0,
    ideal: weights === 0 ? 0 : (placed * weightOf(node)) / weights,
  }));
}

/** How far the fullest node is from its ideal, in percent of that; undefined when nothing is placed. */
export function worstExcess(shares: readonly Share[]): number | undefined {
  const excesses = shares.filter(({ ideal }) => ideal > 0).map(({ held, ideal }) => (held / ideal - 1) * 100);
  return excesses.length === 0 ? undefined : Math.max(...excesses);
}

/** The groups that a node gains or loses in the move that is under way. */
export function movesOf(groups: readonly Group[], node: string): { readonly gains: number; readonly gives: number } {
  const moving = groups.filter(({ previousNodes }) => previousNodes !== undefined);
  const held = (nodes: readonly string[] | undefined): boolean => nodes?.includes(node) === true;
  return {
    gains: moving.filter(({ nodes, previousNodes }) => held(nodes) && !held(previousNodes)).length,
    gives: moving.filter(({ nodes, previousNodes }) => held(previousNodes) && !held(nodes)).length,
  };
}

function weightOf({ state, weight }: ClusterNode): number {
  return state === 'in' ? weight : 0;
}

function add(counts: Map<string, number>, node: string): void {
  counts.set(node, (counts.get(node) ?? 0) + 1);
}
