/*
 * What acceptors are for: whatever messages are lost, late, doubled or passed on between replicas, all that was ever
 * decided is one chain of changes. Proposers here are as simple as can be; the acceptors are the real ones. And the test
 * is shown to see what goes wrong without the rules.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { accept, hear, prepare, type AcceptOutcome } from './acceptor.ts';
import { compareBallots, emptyRegister, type Ballot, type Register } from './register.ts';

/** How the acceptors of a run work; some runs break a rule on purpose. */
interface Rules {
  readonly prepare: typeof prepare;
  readonly accept: typeof accept;
  readonly hear: typeof hear;
}

const REPLICAS = 3;
const MAJORITY = 2;
/** What happens next: which, and to whom; drawn anew by the generator for every step. */
type Step = readonly [
  type: 'begin' | 'prepare' | 'accept' | 'gossip' | 'drop' | 'read',
  proposer: number,
  replica: number,
  from: number,
];

interface Attempt {
  readonly ballot: Ballot;
  readonly promises: Map<number, Register>;
  readonly votes: Set<number>;
  proposed: string | undefined;
}

/** Runs a schedule. @returns every value that somebody was told is decided, in the order of the telling */
function decisionsOf(steps: readonly Step[], rules: Rules): string[] {
  const replicas: Register[] = Array.from({ length: REPLICAS }, () => emptyRegister);
  const floors = Array.from({ length: REPLICAS }, () => 0);
  const attempts: Attempt[][] = [[], []];
  const decided: string[] = [];
  let counter = 0;
  const at = (replica: number) => replicas[replica] ?? emptyRegister;
  const floorAt = (replica: number) => floors[replica] ?? 0;
  for (const [type, proposer, replica, from] of steps) {
    // An older attempt of the proposer stands for messages that are late.
    const ofProposer = attempts[proposer] ?? [];
    const attempt = ofProposer[Math.max(0, ofProposer.length - 1 - Number(from === 0))];
    switch (type) {
      case 'begin':
        counter += 1;
        ofProposer.push({
          ballot: [counter, `p${proposer}`],
          promises: new Map(),
          votes: new Set(),
          proposed: undefined,
        });
        break;
      case 'prepare': {
        if (attempt === undefined) break;
        const outcome = rules.prepare(at(replica), attempt.ballot, floorAt(replica));
        if (outcome.type === 'outbid') break;
        replicas[replica] = outcome.register;
        if (attempt.proposed !== undefined) break;
        attempt.promises.set(replica, outcome.register);
        if (attempt.promises.size < MAJORITY) break;
        const newest = [...attempt.promises.values()].reduce((a, b) =>
          compareBallots(a.accepted, b.accepted) < 0 ? b : a,
        );
        attempt.proposed = `${newest.value ?? ''}/${attempt.ballot[0]}`;
        break;
      }
      case 'accept': {
        if (attempt?.proposed === undefined) break;
        const { ballot, proposed: value } = attempt;
        const outcome: AcceptOutcome = rules.accept(at(replica), { ballot, value, next: null }, floorAt(replica));
        if (outcome.type !== 'accepted') break;
        replicas[replica] = outcome.register;
        attempt.votes.add(replica);
        if (attempt.votes.size >= MAJORITY) decided.push(value);
        break;
      }
      case 'gossip':
        replicas[replica] = rules.hear(at(replica), at(from), floorAt(replica));
        break;
      case 'drop': {
        // Nothing was accepted: what is promised may be forgotten for a floor.
        const { accepted, promised } = at(replica);
        if (accepted[0] > 0) break;
        floors[replica] = Math.max(floorAt(replica), promised[0]);
        replicas[replica] = emptyRegister;
        break;
      }
      case 'read': {
        const [one, other] = [at(replica), at(from)];
        const isMajority = replica !== from && !one.heard && !other.heard && one.accepted[0] > 0;
        if (isMajority && compareBallots(one.accepted, other.accepted) === 0) decided.push(one.value ?? '');
        break;
      }
    }
  }
  return decided;
}

/** Whether of any two values that were decided one comes from the other. */
function isOneChain(decided: readonly string[]): boolean {
  const byLength = [...new Set(decided)].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return byLength.every((value, index) => index === 0 || value.startsWith(byLength[index - 1] ?? ''));
}

const anyStep: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('begin', 'prepare', 'prepare', 'prepare', 'accept', 'accept', 'accept', 'gossip', 'drop', 'read'),
  fc.nat(1),
  fc.nat(REPLICAS - 1),
  fc.nat(REPLICAS - 1),
);
const anySchedule = fc.array(anyStep, { minLength: 60, maxLength: 120, size: 'max' });

test('I24: all that is ever decided is one chain of changes', () => {
  fc.assert(
    fc.property(anySchedule, (steps) => {
      expect(isOneChain(decisionsOf(steps, { prepare, accept, hear }))).toBe(true);
    }),
    { numRuns: 10_000 },
  );
});

test('many schedules decide something, and some of them more than once', () => {
  const runs = fc.sample(anySchedule, { numRuns: 500, seed: 1 });
  const decided = runs.map((steps) => new Set(decisionsOf(steps, { prepare, accept, hear })).size);
  expect(decided.filter((count) => count > 0).length).toBeGreaterThan(100);
  expect(decided.filter((count) => count > 1).length).toBeGreaterThan(15);
});

const forgetfulPrepare: typeof prepare = (register, ballot, floor) => {
  const outcome = prepare(register, ballot, floor);
  return outcome.type === 'promised' ? { type: 'promised', register } : outcome;
};
const brokenRules: readonly (readonly [what: string, rules: Partial<Rules>])[] = [
  ['hearsay counts as a vote', { hear: (own, other, floor) => ({ ...hear(own, other, floor), heard: false }) }],
  ['a promise is forgotten', { prepare: forgetfulPrepare }],
  [
    'an accept does not look at the promise',
    { accept: (own, taken) => accept({ ...own, promised: own.accepted }, taken, 0) },
  ],
  [
    'a floor does not count',
    { accept: (own, taken) => accept(own, taken, 0), prepare: (own, ballot) => prepare(own, ballot, 0) },
  ],
];

test.each(brokenRules)('it is noticed when %s', (_, broken) => {
  const rules = { prepare, accept, hear, ...broken };
  const result = fc.check(
    fc.property(anySchedule, (steps) => isOneChain(decisionsOf(steps, rules))),
    { numRuns: 100_000, endOnFailure: true },
  );
  expect(result.failed).toBe(true);
});
