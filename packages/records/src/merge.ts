/*
 * Merging what two replicas hold of one key: commutative, associative and idempotent, so replicas converge in
 * whatever order records reach them. Looks at what each side has seen and at nothing else: not at timestamps
 * (a fast clock would win over every later write), not at quantities (a removed line would come back).
 */
import { compare, hasSeen, mergeContexts } from './context.ts';
import type { CausalRecord, Sibling } from './record.ts';

const none: readonly Sibling[] = [];

/**
 * The record that has seen all that either has. A sibling stays when the other side holds it too or has not
 * seen its dot; a side that has seen the dot and does not hold it knows of a later write.
 *
 * Returns `a` itself when b brings nothing new, and `b` itself when only b does: a record that has seen all
 * of the other's writes already holds what the merge would make (records with equal contexts are equal).
 *
 * The sibling rule is that of optimised OR-sets (Bieniusa and others, 2012) and of dotted version vectors
 * (Preguiça and others, 2010).
 */
export function merge(a: CausalRecord, b: CausalRecord): CausalRecord {
  const order = compare(a.context, b.context);
  switch (order) {
    case 'equal':
    case 'after':
      return a;
    case 'before':
      return b;
    case 'concurrent':
      return { context: mergeContexts(a.context, b.context), fields: mergeFields(a, b) };
    default:
      return order satisfies never;
  }
}

function mergeFields(a: CausalRecord, b: CausalRecord): CausalRecord['fields'] {
  const merged = new Map<string, readonly Sibling[]>();
  for (const field of new Set([...a.fields.keys(), ...b.fields.keys()])) {
    const siblings = mergeSiblings(a, b, field);
    if (siblings.length > 0) merged.set(field, siblings);
  }
  return merged;
}

function mergeSiblings(a: CausalRecord, b: CausalRecord, field: string): readonly Sibling[] {
  const ofA = a.fields.get(field) ?? none;
  const ofB = b.fields.get(field) ?? none;
  return [
    ...ofA.filter(({ dot }) => !hasSeen(b.context, dot) || holds(ofB, dot)),
    // What both hold is there already.
    ...ofB.filter(({ dot }) => !hasSeen(a.context, dot)),
  ];
}

function holds(siblings: readonly Sibling[], [actor, counter]: Sibling['dot']): boolean {
  return siblings.some(({ dot }) => dot[0] === actor && dot[1] === counter);
}
