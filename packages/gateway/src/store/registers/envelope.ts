/*
 * What stands in a register: the value that the API sees, and the changes made last with their results, so that a change
 * that is made again does nothing. Pure. Nodes never look into it, but for seeing that the value is null: such a register
 * is released, and dropped in time like any deleted record, together with what it remembers.
 */
import type { Memory, RegisterValue } from '../../registers.ts';

/** Changes whose results are remembered, at least. */
export const RECENT_CHANGES_MAX = 32;

/**
 * Changes of one proposer that are made in one write, at most; and as many of each of the proposers that wrote last are
 * remembered, however many others have made since. A proposer that does not know whether its write was made goes on to
 * no other change of the register before it does: what it asks about cannot have been forgotten meanwhile.
 */
export const COMBINED_CHANGES_MAX = 16;

/** Proposers of which that many are remembered. More gateways than that seldom change one register within seconds. */
const RECENT_PROPOSERS_MAX = 8;

/** A change that was made. */
export interface RecentChange {
  readonly id: string;
  readonly result: RegisterValue;
  /** Who made it. */
  readonly proposer: string;
}

/** What stands in a register. */
export interface Envelope {
  readonly value: RegisterValue;
  /** The newest last. */
  readonly recent: readonly RecentChange[];
}

/** What stands in a register that nobody has written to. */
export const EMPTY_ENVELOPE: Envelope = { value: null, recent: [] };

/** The JSON text `[value, [[id, result, proposer], ...]]`; null for a register without value and memory. */
export function encodeEnvelope({ value, recent }: Envelope): string | null {
  if (value === null && recent.length === 0) return null;
  return JSON.stringify([value, recent.map(({ id, result, proposer }) => [id, result, proposer])]);
}

/** Reads what `encodeEnvelope` wrote. @throws Error for anything else: nobody else writes to registers */
export function decodeEnvelope(text: string | null): Envelope {
  if (text === null) return EMPTY_ENVELOPE;
  const parsed: RegisterValue = JSON.parse(text);
  if (!isList(parsed)) throw malformed();
  const [value, recent] = parsed;
  if (value === undefined || !isList(recent)) throw malformed();
  return { value, recent: recent.map(decodeRecent) };
}

/** The change of that id, when it is remembered. */
export function recentChange({ recent }: Envelope, id: string): RecentChange | undefined {
  return recent.findLast((change) => change.id === id);
}

/** What is remembered, as changes and readers see it. */
export function memoryOf(envelope: Envelope): Memory {
  return (id) => recentChange(envelope, id)?.result;
}

/** What is remembered once another change is made: the newest of all, and the newest of each of the newest proposers. */
export function remember(recent: readonly RecentChange[], change: RecentChange): readonly RecentChange[] {
  const all = [...recent, change];
  if (all.length <= RECENT_CHANGES_MAX) return all;
  const counts = new Map<string, number>();
  const kept = all.toReversed().filter(({ proposer }, age) => {
    const count = counts.get(proposer) ?? (counts.size < RECENT_PROPOSERS_MAX ? 0 : COMBINED_CHANGES_MAX);
    counts.set(proposer, count + 1);
    return age < RECENT_CHANGES_MAX || count < COMBINED_CHANGES_MAX;
  });
  return kept.toReversed();
}

function decodeRecent(entry: RegisterValue): RecentChange {
  if (!isList(entry)) throw malformed();
  const [id, result, proposer] = entry;
  if (typeof id !== 'string' || result === undefined || typeof proposer !== 'string') throw malformed();
  return { id, result, proposer };
}

function isList(value: RegisterValue | undefined): value is readonly RegisterValue[] {
  return Array.isArray(value);
}

function malformed(): Error {
  return new Error('what stands in the register was not written by a gateway');
}
