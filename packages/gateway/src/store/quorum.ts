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

/** True once every set has the answers that it needs. */
export function quorumMet(sets: readonly ReplicaSet[], answered: ReadonlySet<string>): boolean {
  return sets.every((set) => missingAnswers(set, answered) <= 0);
}

/** How many more answers the neediest set wants. */
export function answersMissing(sets: readonly ReplicaSet[], answered: ReadonlySet<string>): number {
  return Math.max(0, ...sets.map((set) => missingAnswers(set, answered)));
}

/** How many of the set that is worst off have answered, for `Trolley-Quorum`. */
export function quorumReport(sets: readonly ReplicaSet[], answered: ReadonlySet<string>): QuorumReport {
  const reports = sets.map((set) => ({
    answered: countIn(set, answered),
    replicas: set.nodes.length,
    degraded: missingAnswers(set, answered) > 0,
  }));
  const [first, ...rest] = reports;
  if (first === undefined) return { answered: 0, replicas: 0, degraded: true };
  return rest.reduce(worseReport, first);
}

/**
 * The report of fewer answers, but a degraded one before any other: one answer is enough of one replica, and not of
 * three.
 */
export function worseReport(a: QuorumReport, b: QuorumReport): QuorumReport {
  if (a.degraded !== b.degraded) return a.degraded ? a : b;
  return b.answered < a.answered ? b : a;
}

function missingAnswers(set: ReplicaSet, answered: ReadonlySet<string>): number {
  return set.required - countIn(set, answered);
}

function countIn(set: ReplicaSet, answered: ReadonlySet<string>): number {
  return set.nodes.reduce((count, node) => (answered.has(node) ? count + 1 : count), 0);
}
