/*
 * A word or two about the state of something.
 */
import type { ComponentChildren, VNode } from 'preact';
import type { Tone } from './notice.tsx';
import './notice.css';
import './tag.css';

interface TagProps {
  readonly tone: Tone;
  readonly children: ComponentChildren;
  /** A dot before the words, for states that change. */
  readonly mark?: boolean;
}

/** A tag. */
export function Tag({ tone, children, mark = false }: TagProps): VNode {
  return (
    <span class={`tag tone-${tone}`}>
      {mark && <span class="mark" aria-hidden="true" />}
      {children}
    </span>
  );
}
