import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { accept, hear, prepare, type AcceptOutcome, type PrepareOutcome, type Proposal } from './acceptor.ts';
import { compareBallots, emptyRegister, NO_BALLOT, type Ballot, type Register } from './register.ts';
import {
  isNaive,
  naiveAccept,
  naiveEmpty,
  naiveHear,
  naivePrepare,
  type NaiveAcceptor,
} from './testing/naive-acceptor.ts';

const proposal = (ballot: Ballot, value: string | null = 'v', next: Ballot | null = null): Proposal => ({
  ballot,
  value,
  next,
});

function promised(register: Register, ballot: Ballot): Register {
  const outcome = prepare(register, ballot, 0);
  if (outcome.type !== 'promised') throw new Error(`outbid by ${String(outcome.ballot)}`);
  return outcome.register;
}

function accepted(register: Register, taken: Proposal): Register {
  const outcome = accept(register, taken, 0);
  if (outcome.type !== 'accepted') throw new Error(outcome.type);
  return outcome.register;
}

describe('a promise', () => {
  it('is made to the higher ballot alone, by counter and then by proposer', () => {
    const register = promised(emptyRegister, [5, 'p']);
    for (const ballot of [
      [4, 'z'],
      [5, 'a'],
      [1, 'p'],
    ] as const) {
      expect(prepare(register, ballot, 0)).toEqual({ type: 'outbid', ballot: [5, 'p'] });
    }
    for (const ballot of [
      [5, 'q'],
      [6, 'a'],
      [10, 'p'],
    ] as const)
      expect(promised(register, ballot).promised).toEqual(ballot);
  });

  it('is not made twice: the second would stand for an attempt that saw something else', () => {
    expect(prepare(promised(emptyRegister, [5, 'p']), [5, 'p'], 0)).toEqual({ type: 'outbid', ballot: [5, 'p'] });
  });

  it('changes nothing of what was accepted', () => {
    const register = accepted(emptyRegister, proposal([1, 'p'], 'one'));
    expect(promised(register, [2, 'q'])).toEqual({ ...register, promised: [2, 'q'] });
  });
});

describe('a value', () => {
  it('is accepted under the ballot that was promised, or a higher one that was not', () => {
    const register = promised(emptyRegister, [5, 'p']);
    expect(accepted(register, proposal([5, 'p']))).toMatchObject({ accepted: [5, 'p'], value: 'v' });
    expect(accepted(register, proposal([6, 'q']))).toMatchObject({ accepted: [6, 'q'], promised: [6, 'q'] });
    expect(accept(register, proposal([5, 'a']), 0)).toEqual({ type: 'outbid', ballot: [5, 'p'] });
  });

  it('raises the promise: who missed the prepare must not accept anything older afterwards', () => {
    const register = accepted(emptyRegister, proposal([7, 'p']));
    expect(prepare(register, [6, 'q'], 0)).toEqual({ type: 'outbid', ballot: [7, 'p'] });
    expect(accept(register, proposal([6, 'q'], 'older'), 0)).toEqual({ type: 'outbid', ballot: [7, 'p'] });
  });

  it('brings the promise of the next ballot with it, which then needs no prepare and keeps others out', () => {
    const register = accepted(emptyRegister, proposal([7, 'p'], 'one', [9, 'p']));
    expect(register.promised).toEqual([9, 'p']);
    expect(prepare(register, [8, 'q'], 0)).toEqual({ type: 'outbid', ballot: [9, 'p'] });
    expect(accepted(register, proposal([9, 'p'], 'two')).value).toBe('two');
  });

  it('is accepted again when the message comes twice, whatever was promised since, and changes nothing', () => {
    const first = proposal([7, 'p'], 'one', [8, 'p']);
    const register = accepted(emptyRegister, first);
    expect(accept(register, first, 0)).toEqual({ type: 'accepted', register });
    const later = promised(register, [20, 'q']);
    expect(accept(later, first, 0)).toEqual({ type: 'accepted', register: later });
    expect(accept(later, first, 30)).toEqual({ type: 'accepted', register: later });
  });

  it('is refused when another one was accepted under the very ballot', () => {
    const register = accepted(emptyRegister, proposal([7, 'p'], 'one'));
    expect(accept(register, proposal([7, 'p'], 'two'), 0)).toEqual({ type: 'ballot-reused' });
    expect(accept(register, proposal([7, 'p'], null), 0)).toEqual({ type: 'ballot-reused' });
  });

  it('of a cached promise is refused once another proposer was promised more (gryadka keeps the promise, and loses it)', () => {
    const first = accepted(emptyRegister, proposal([7, 'p'], 'one', [8, 'p']));
    const second = accepted(promised(first, [9, 'q']), proposal([9, 'q'], 'two'));
    expect(accept(second, proposal([8, 'p'], 'three'), 0)).toEqual({ type: 'outbid', ballot: [9, 'q'] });
  });
});

describe('a floor', () => {
  it('stands for promises that are no longer known: no ballot up to its counter counts, whoever proposes', () => {
    expect(prepare(emptyRegister, [8, 'zzz'], 8)).toEqual({ type: 'outbid', ballot: [8, ''] });
    expect(accept(emptyRegister, proposal([8, 'zzz']), 8)).toEqual({ type: 'outbid', ballot: [8, ''] });
    expect(prepare(emptyRegister, [9, 'a'], 8).type).toBe('promised');
    expect(accept(emptyRegister, proposal([9, 'a']), 8).type).toBe('accepted');
  });

  it('tells of the promise instead when that is higher', () => {
    const register = promised(emptyRegister, [12, 'p']);
    expect(prepare(register, [3, 'q'], 8)).toEqual({ type: 'outbid', ballot: [12, 'p'] });
    expect(prepare(promised(emptyRegister, [8, 'p']), [8, 'q'], 8)).toEqual({ type: 'outbid', ballot: [8, 'p'] });
  });
});

describe('hearsay', () => {
  const other: Register = { accepted: [5, 'p'], value: 'v', promised: [30, 'x'], heard: false };

  it('is an accept that comes late, as long as that may still be accepted', () => {
    const expected = { accepted: [5, 'p'], value: 'v', promised: [5, 'p'], heard: false };
    expect(hear(emptyRegister, other, 0)).toEqual(expected);
    expect(hear(promised(emptyRegister, [5, 'p']), other, 0)).toEqual(expected);
  });

  it('is no vote once a higher ballot was promised: a majority would be made of what that one passes over', () => {
    const register = hear(promised(emptyRegister, [6, 'q']), other, 0);
    expect(register).toEqual({ accepted: [5, 'p'], value: 'v', promised: [6, 'q'], heard: true });
    // Nor does the late message itself make it one.
    expect(accept(register, proposal([5, 'p']), 0)).toEqual({ type: 'outbid', ballot: [6, 'q'] });
    // The next one that is accepted is a vote again.
    expect(accepted(register, proposal([6, 'q'], 'w')).heard).toBe(false);
  });

  it('is no vote up to the floor, nor ever where the acceptor has none', () => {
    for (const floor of [5, 6, Number.POSITIVE_INFINITY]) expect(hear(emptyRegister, other, floor).heard).toBe(true);
    expect(hear(emptyRegister, other, 4).heard).toBe(false);
  });

  it('that is no news changes nothing, and lets no vote be lost', () => {
    const register = accepted(emptyRegister, proposal([5, 'p'], 'v'));
    expect(hear(register, other, 9)).toBe(register);
    expect(hear(register, { ...other, accepted: [4, 'p'] }, 0)).toBe(register);
    expect(hear(register, emptyRegister, 0)).toBe(register);
  });

  it('whether it was the other’s vote says nothing of this one', () => {
    expect(hear(emptyRegister, { ...other, heard: true }, 0).heard).toBe(false);
  });
});

const anyBallot: fc.Arbitrary<Ballot> = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('a', 'b', 'c'));
/** As proposers are: one value for each ballot. */
const valueOf = (ballot: Ballot) => (ballot[0] % 5 === 0 ? null : `${ballot[0]}${ballot[1]}`);
const anyFloor = fc.constantFrom(0, 0, 0, 2, 4);
type Step = readonly [type: 'prepare' | 'accept' | 'hear', ballot: Ballot, ahead: number, floor: number];
const anyStep: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('prepare' as const, 'accept' as const, 'hear' as const),
  anyBallot,
  fc.nat(3),
  anyFloor,
);

/** What the acceptor and the model become; undefined where they refuse. */
function take(register: Register, naive: NaiveAcceptor, [type, ballot, ahead, floor]: Step) {
  const value = valueOf(ballot);
  const next: Ballot | null = ahead === 0 ? null : [ballot[0] + ahead, ballot[1]];
  switch (type) {
    case 'hear':
      return [
        hear(register, { accepted: ballot, value, promised: ballot, heard: false }, floor),
        naiveHear(naive, ballot, value, floor),
      ] as const;
    case 'prepare':
      return [registerOf(prepare(register, ballot, floor)), naivePrepare(naive, ballot, floor)] as const;
    case 'accept':
      return [
        registerOf(accept(register, { ballot, value, next }, floor)),
        naiveAccept(naive, ballot, value, next, floor),
      ] as const;
    default:
      return type satisfies never;
  }
}

function registerOf(outcome: PrepareOutcome | AcceptOutcome): Register | undefined {
  return 'register' in outcome ? outcome.register : undefined;
}

test('whatever an acceptor is told, in any order, it does what the model made of lists of messages does', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 25 }), (steps) => {
      let [register, naive] = [emptyRegister, naiveEmpty];
      for (const step of steps) {
        const before = register;
        const [next, expected] = take(register, naive, step);
        expect(next === undefined).toBe(expected === undefined);
        register = next ?? register;
        naive = expected ?? naive;
        expect(isNaive(register, naive)).toBe(true);
        expect(compareBallots(register.accepted, before.accepted)).toBeGreaterThanOrEqual(0);
        expect(compareBallots(register.promised, before.promised)).toBeGreaterThanOrEqual(0);
        expect(compareBallots(register.promised, register.accepted)).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('ballots are in one order, and none is below no ballot', () => {
  fc.assert(
    fc.property(anyBallot, anyBallot, anyBallot, (a, b, c) => {
      expect(Math.sign(compareBallots(a, b))).toBe(-Math.sign(compareBallots(b, a)) + 0);
      expect(compareBallots(a, b) === 0).toBe(a[0] === b[0] && a[1] === b[1]);
      const [first, second, third] = [a, b, c].toSorted(compareBallots);
      expect(compareBallots(first ?? a, third ?? a)).toBeLessThanOrEqual(0);
      expect(compareBallots(first ?? a, second ?? a)).toBeLessThanOrEqual(0);
      expect(compareBallots(a, NO_BALLOT)).toBeGreaterThan(0);
    }),
  );
});
