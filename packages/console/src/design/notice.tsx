/*
 * Something to know about what stands around it: what went wrong and what to do, or what is special.
 */
import type { ComponentChildren, VNode } from 'preact';
import { describeError } from '../api/problem.ts';
import type { Quorum } from '../api/quorum.ts';
import './notice.css';

/** What a colour says. */
export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info';

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: ComponentChildren;
}

/** A notice; a bad one is read out at once. */
export function Notice({ tone, title, children }: NoticeProps): VNode {
  return (
    <div class={`notice tone-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {title && <div class="title">{title}</div>}
      {children && <div>{children}</div>}
    </div>
  );
}

/** What went wrong; nothing when the error is undefined. */
export function ErrorNotice({ error, title }: { readonly error: unknown; readonly title: string }): VNode | null {
  if (error === undefined) return null;
  return (
    <Notice tone="bad" title={title}>
      {describeError(error)}
    </Notice>
  );
}

/** Says that a reply was degraded; nothing when it was not. */
export function DegradedNotice({ quorum }: { readonly quorum: Quorum | undefined }): VNode | null {
  if (quorum?.degraded !== true) return null;
  return (
    <Notice tone="warn" title={`Degraded: ${quorum.answered} of ${quorum.replicas} replicas answered`}>
      Too few for a quorum. What you see may be old; what you change is kept, and reaches the others when they are back.
    </Notice>
  );
}
