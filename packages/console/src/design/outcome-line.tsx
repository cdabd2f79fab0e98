/*
 * A place that is kept free for what became of the last thing one did.
 */
import type { VNode } from 'preact';
import './notice.css';
import type { Tone } from './notice.tsx';
import './outcome-line.css';

/** What became of it, and how good that is. */
export interface Outcome {
  readonly tone: Tone;
  readonly text: string;
}

interface OutcomeLineProps {
  readonly outcome: Outcome | undefined;
  /** Stands there until there is something to tell. */
  readonly hint?: string;
}

/** The place. Screen readers say what appears in it. */
export function OutcomeLine({ outcome, hint }: OutcomeLineProps): VNode {
  return (
    <div class={`outcome-line tone-${outcome?.tone ?? 'plain'} ${outcome === undefined ? '' : 'told'}`} role="status">
      {outcome?.text ?? <span class="muted small">{hint}</span>}
    </div>
  );
}
