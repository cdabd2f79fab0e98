/*
 * How many replicas stand behind what is shown.
 */
import type { VNode } from 'preact';
import type { Quorum } from '../api/quorum.ts';
import { Tag } from './tag.tsx';

/** A tag; nothing while there is no answer. */
export function QuorumTag({ quorum }: { readonly quorum: Quorum | undefined }): VNode | null {
  if (quorum === undefined) return null;
  const { answered, replicas, degraded } = quorum;
  return (
    <Tag tone={degraded ? 'warn' : 'plain'} mark={degraded}>
      {answered} of {replicas} replicas{degraded ? ', degraded' : ''}
    </Tag>
  );
}
