/*
 * Where there is nothing yet: says so, and what to do about it.
 */
import type { ComponentChildren, VNode } from 'preact';
import './empty-state.css';

/** An empty state. */
export function EmptyState({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): VNode {
  return (
    <div class="empty-state">
      <div class="title">{title}</div>
      {children}
    </div>
  );
}
