/*
 * What became of the last thing one did. Where the window is too narrow for its place to be in sight, a toast tells it.
 */
import { useState } from 'preact/hooks';
import type { Outcome } from '../design/outcome-line.tsx';
import { tell } from './toasts.tsx';

/** As in outcome-line.css, which hides the place then. */
const NARROW = '(width < 60rem)';

/** @param about whom or what it is about: what became of something for another is not shown */
export function useOutcome(about: string): readonly [Outcome | undefined, (outcome: Outcome) => void] {
  const [told, setTold] = useState<{ readonly about: string; readonly outcome: Outcome }>();
  const show = (outcome: Outcome): void => {
    setTold({ about, outcome });
    if (matchMedia(NARROW).matches) tell(outcome.tone, outcome.text);
  };
  return [told?.about === about ? told.outcome : undefined, show];
}
