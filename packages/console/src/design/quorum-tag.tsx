/*
 * How many replicas stand behind what is shown.
 */
import type { VNode } from 'preact';
import type { Quorum } from '../api/quorum.ts';
import { Tag } from './tag.tsx';

/** A tag, with a place for it while there is no answer. */
export function QuorumTag({ quorum }: { readonly quorum: Quorum | undefined }): VNode {
  if (quorum === undefined) return <Tag tone="plain">asking replicas</Tag>;
  const { answered, replicas, degraded } = quorum;
  return (
    <Tag tone={degraded ? 'warn' : 'plain'} mark={degraded}>
      {answered} of {replicas} replicas{degraded ? ', degraded' : ''}
    </Tag>
  );
}
