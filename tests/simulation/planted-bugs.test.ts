/*
 * The check of claims finds bugs: each is put in for a few runs of the same simulation (claims.test.ts), and found.
 */
import { afterEach, expect, test, vi } from 'vitest';
import type * as consistencyLevel from '../../packages/gateway/src/store/consistency-level.ts';
import type * as envelopes from '../../packages/gateway/src/store/registers/envelope.ts';
import { Ballots } from '../../packages/gateway/src/store/registers/ballots.ts';
import { troubledClaims } from './claim-scenarios.ts';
import { earlyAnswer, forgottenPromise, lostJournalEntry, stalePromise } from './planted-bugs.ts';
import type { Tampering } from './tampering.ts';

const ROUNDS_MAX = 12;
const TIMEOUT_MS = 240_000;

/** Bugs in decisions that gateways make; each is in while it is true. */
const bugs = vi.hoisted(() => ({ minorityQuorum: false, forgottenChanges: false }));

vi.mock('../../packages/gateway/src/store/consistency-level.ts', async (load) => {
  const real = await load<typeof consistencyLevel>();
  const requiredAnswers: typeof real.requiredAnswers = (level, replicas, parameter) =>
    bugs.minorityQuorum ? 1 : real.requiredAnswers(level, replicas, parameter);
  return { ...real, requiredAnswers };
});

vi.mock('../../packages/gateway/src/store/registers/envelope.ts', async (load) => {
  const real = await load<typeof envelopes>();
  const recentChange: typeof real.recentChange = (envelope, id) =>
    bugs.forgottenChanges ? undefined : real.recentChange(envelope, id);
  return { ...real, recentChange };
});

afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(bugs, { minorityQuorum: false, forgottenChanges: false });
});

/** How many runs it takes; more than there are when none finds anything. */
async function roundsToFind(tampering: Tampering = {}): Promise<number> {
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const { violations } = await troubledClaims(round, tampering);
    if (violations.length > 0) return round;
  }
  return Infinity;
}

test.each([
  ['a node that forgets a promise', forgottenPromise],
  ['a node that answers before it has accepted', earlyAnswer],
  ['a node that loses what it said to have journalled', lostJournalEntry],
  ['a gateway that counts a promise of an earlier attempt', stalePromise],
])(
  'finds %s',
  async (_, tampering) => {
    expect(await roundsToFind(tampering)).toBeLessThanOrEqual(ROUNDS_MAX);
  },
  TIMEOUT_MS,
);

test(
  'finds a gateway for which one answer is a majority',
  async () => {
    bugs.minorityQuorum = true;
    expect(await roundsToFind()).toBeLessThanOrEqual(ROUNDS_MAX);
  },
  TIMEOUT_MS,
);

test(
  'finds a gateway that makes a change again',
  async () => {
    bugs.forgottenChanges = true;
    expect(await roundsToFind()).toBeLessThanOrEqual(ROUNDS_MAX);
  },
  TIMEOUT_MS,
);

test(
  'finds a gateway that has the ballot which it uses promised for its next change',
  async () => {
    vi.spyOn(Ballots.prototype, 'after').mockImplementation((ballot) => ballot);
    expect(await roundsToFind()).toBeLessThanOrEqual(ROUNDS_MAX);
  },
  TIMEOUT_MS,
);
