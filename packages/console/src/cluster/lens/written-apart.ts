/*
 * What replicas tell of writes that did not know of each other. Pure.
 */
import type { Replica, Sibling } from '../../api/cluster.ts';

/** A field with more than one value that no write has replaced. */
export interface FieldWrittenApart {
  readonly field: string;
  readonly siblings: readonly Sibling[];
}

/** The fields of which some replica holds siblings; each write once, whoever holds it. */
export function fieldsWrittenApart(replicas: readonly Replica[]): readonly FieldWrittenApart[] {
  const fields = new Map<string, Map<string, Sibling>>();
  for (const { siblings } of replicas) {
    for (const [field, held] of Object.entries(siblings)) {
      const known = fields.get(field) ?? new Map<string, Sibling>();
      for (const sibling of held) known.set(sibling.dot.join(':'), sibling);
      fields.set(field, known);
    }
  }
  return [...fields].map(([field, siblings]) => ({ field, siblings: [...siblings.values()] }));
}

/** The replicas of which each has seen a write that another of them has not, and the other way round. */
export function replicasWrittenApart(replicas: readonly Replica[]): readonly string[] {
  const answered = replicas.filter(({ context, ballots }) => context !== null && ballots === undefined);
  return answered
    .filter((one) => answered.some((other) => lacks(one, other) && lacks(other, one)))
    .map(({ node }) => node);
}

/** Whether the first lacks a write that the second has seen. */
function lacks(first: Replica, second: Replica): boolean {
  return Object.entries(second.context ?? {}).some(([actor, counter]) => (first.context?.[actor] ?? 0) < counter);
}
