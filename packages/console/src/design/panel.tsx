/*
 * A part of a page with a heading of its own.
 */
import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';
import './panel.css';

interface PanelProps {
  readonly title: string;
  /** Stands at the other end of the heading's line. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
}

/** A panel; screen readers find it by its title. */
export function Panel({ title, aside, children, class: name = '' }: PanelProps): VNode {
  const id = useId();
  return (
    <section class={`panel ${name}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
