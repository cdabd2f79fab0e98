/*
 * A table of figures or things: `class="number"` for cells with numbers.
 */
import type { ComponentChildren, VNode } from 'preact';
import './table.css';

interface TableProps {
  /** Says what it is a table of, for screen readers. */
  readonly caption: string;
  readonly children: ComponentChildren;
}

/** A table in a frame that scrolls sideways when it must; the keyboard can scroll it too. */
export function Table({ caption, children }: TableProps): VNode {
  return (
    <div class="table-frame" role="region" aria-label={caption} tabIndex={0}>
      <table class="table">
        <caption class="visually-hidden">{caption}</caption>
        {children}
      </table>
    </div>
  );
}
