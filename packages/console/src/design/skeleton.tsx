/*
 * Stands where something will be, as high as that is likely to be.
 */
import type { VNode } from 'preact';
import './skeleton.css';

/** Grey lines; the label tells screen readers what is awaited. */
export function Skeleton({ lines, label }: { readonly lines: number; readonly label: string }): VNode {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} class="line" aria-hidden="true" />
      ))}
    </div>
  );
}
