/*
 * What some changes to one register come to, made one after another: what is to be written, and what to tell each of
 * those who asked. Pure; what it says counts only once the replicas agree to the value that it began with.
 */
import type { RegisterChange, RegisterValue } from '../../registers.ts';
import { memoryOf, recentChange, remember, type Envelope } from './envelope.ts';

/** What a change comes to. */
export type PlannedOutcome =
  /** It is made by the write. */
  | { readonly type: 'written'; readonly result: RegisterValue }
  /** It changes nothing, or was made before. */
  | { readonly type: 'kept'; readonly result: RegisterValue }
  /** Its decision threw. */
  | { readonly type: 'thrown'; readonly error: unknown };

/** What all of them come to. */
export interface Plan {
  readonly envelope: Envelope;
  /** Whether the envelope differs from the one that it was made from. */
  readonly isWrite: boolean;
  /** One for each change, in order; undefined for those who only want the value settled. */
  readonly outcomes: readonly (PlannedOutcome | undefined)[];
}

/** Applies the changes in order. Undefined stands for one who only wants the value settled. */
export function planChanges(
  envelope: Envelope,
  changes: readonly (RegisterChange<RegisterValue> | undefined)[],
  proposer: string,
): Plan {
  let current = envelope;
  const outcomes = changes.map((change) => {
    if (change === undefined) return undefined;
    const planned = planOne(current, change, proposer);
    current = planned.envelope;
    return planned.outcome;
  });
  return { envelope: current, isWrite: current !== envelope, outcomes };
}

interface PlannedChange {
  readonly envelope: Envelope;
  readonly outcome: PlannedOutcome;
}

function planOne(envelope: Envelope, change: RegisterChange<RegisterValue>, proposer: string): PlannedChange {
  const { id } = change;
  const made = recentChange(envelope, id);
  if (made !== undefined) return { envelope, outcome: { type: 'kept', result: made.result } };
  try {
    const decision = change.decide(envelope.value, memoryOf(envelope));
    if (decision.type === 'keep') return { envelope, outcome: { type: 'kept', result: decision.result } };
    const { value, result } = decision;
    const recent = remember(envelope.recent, { id, result, proposer });
    return { envelope: { value, recent }, outcome: { type: 'written', result } };
  } catch (error) {
    return { envelope, outcome: { type: 'thrown', error } };
  }
}
