/*
 * Which nodes must answer, decided from who has answered. A key has one set of replicas; while its data
 * moves it has two, the new owners and the old, and needs its quorum in both. Pure.
 */
import type { QuorumReport } from '../store.ts';

/** One set of replicas and how many of them must answer. */
export interface ReplicaSet {
  readonly nodes: readonly string[];
  readonly required: number;
}

/** Some nodes, however they are kept. */
export interface Nodes {
  has(node: string): boolean;
}

/** True once every set has the answers that it needs. */
export function quorumMet(sets: readonly ReplicaSet[], answered: Nodes): boolean {
  for (const set of sets) {
    if (missingAnswers(set, answered) > 0) return false;
  }
  return true;
}

/** How many of the set that is worst off have answered, for `Trolley-Quorum`. */
export function quorumReport(sets: readonly ReplicaSet[], answered: Nodes): QuorumReport {
  let worst: QuorumReport | undefined;
  for (const set of sets) {
    const count = countIn(set, answered);
    const report = { answered: count, replicas: set.nodes.length, degraded: count < set.required };
    worst = worst === undefined ? report : worseReport(worst, report);
  }
  return worst ?? { answered: 0, replicas: 0, degraded: true };
}

/**
 * The report of fewer answers, but a degraded one before any other: one answer is enough of one replica, and not of
 * three.
 */
export function worseReport(a: QuorumReport, b: QuorumReport): QuorumReport {
  if (a.degraded !== b.degraded) return a.degraded ? a : b;
  return b.answered < a.answered ? b : a;
}

function missingAnswers(set: ReplicaSet, answered: Nodes): number {
  return set.required - countIn(set, answered);
}

function countIn({ nodes }: ReplicaSet, answered: Nodes): number {
  let count = 0;
  for (const node of nodes) {
    if (answered.has(node)) count += 1;
  }
  return count;
}
