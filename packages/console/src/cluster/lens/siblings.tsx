/*
 * Values that were written apart: which writes they come from, and what their merge comes to.
 */
import type { VNode } from 'preact';
import type { Replica } from '../../api/cluster.ts';
import { fieldsWrittenApart, replicasWrittenApart } from './written-apart.ts';
import { actorText, fieldText, mergedQuantity, mergeRule } from './value-text.ts';

interface SiblingsProps {
  /** The key. */
  readonly name: string;
  readonly replicas: readonly Replica[];
}

/** The siblings of a key; a line that says so when there are none. */
export function Siblings({ name, replicas }: SiblingsProps): VNode {
  const fields = fieldsWrittenApart(replicas);
  const apart = replicasWrittenApart(replicas);
  return (
    <section class="siblings" aria-label="Siblings">
      {fields.length === 0 && apart.length === 0 && (
        <p class="muted small">No siblings: nothing was written apart that has not been written over since.</p>
      )}
      {apart.length > 0 && (
        <p>
          <strong>Written apart.</strong> {apart.join(' and ')} each have a write that the other lacks. The merge keeps
          both; the {mergeRule(name)} counts.
        </p>
      )}
      {fields.map(({ field, siblings }) => (
        <p key={field}>
          <strong>{fieldText(field)}</strong> has {siblings.length} siblings:{' '}
          {siblings.map(({ dot: [actor, counter], quantity }, index) => (
            <span key={`${actor}:${counter}`}>
              {index > 0 && ' and '}
              <span class="figures">{quantity}</span>{' '}
              <span class="muted small">
                (write {counter} of {actorText(actor)})
              </span>
            </span>
          ))}
          . The {mergeRule(name)} counts: <strong class="figures">{mergedQuantity(name, siblings)}</strong>.
        </p>
      ))}
    </section>
  );
}
