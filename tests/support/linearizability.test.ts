import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkLinearizable } from './linearizability.ts';
import { linearizableHistory, spoiltHistories } from './register-histories.ts';
import { checkRegister, narrowed, registerModel, type Held, type RegisterOperation } from './register-model.ts';

const NEVER = Infinity;

function read(calledAt: number, returnedAt: number, found: Held): RegisterOperation {
  return { action: { type: 'read' }, calledAt, returnedAt, result: { found } };
}

function put(calledAt: number, returnedAt: number, to: Held, found: Held): RegisterOperation {
  return { action: { type: 'change', from: undefined, to }, calledAt, returnedAt, result: { found } };
}

function change(
  calledAt: number,
  returnedAt: number,
  { from, to, found }: { readonly from: Held; readonly to: Held; readonly found: Held },
): RegisterOperation {
  return { action: { type: 'change', from, to }, calledAt, returnedAt, result: { found } };
}

function open(calledAt: number, to: Held, from?: Held): RegisterOperation {
  return { action: { type: 'change', from, to }, calledAt, returnedAt: NEVER, result: undefined };
}

function isAccepted(history: readonly RegisterOperation[]): boolean {
  const { type } = checkRegister(history);
  if (type === 'undecided') throw new Error('too much to try');
  return type === 'linearizable';
}

/** Tries every order. */
function isAcceptedByEveryOrder(history: readonly RegisterOperation[], held: Held = registerModel.initial): boolean {
  if (history.every(({ returnedAt }) => returnedAt === NEVER)) return true;
  const firstReturn = Math.min(...history.map(({ returnedAt }) => returnedAt));
  return history.some((operation, index) => {
    if (operation.calledAt > firstReturn) return false;
    const after = registerModel.step(held, operation.action, operation.result);
    return after !== undefined && isAcceptedByEveryOrder(history.toSpliced(index, 1), after);
  });
}

const accepted: readonly (readonly [string, readonly RegisterOperation[]])[] = [
  ['nothing', []],
  ['one after the other', [put(0, 1, 'a', null), read(2, 3, 'a'), change(4, 5, { from: 'a', to: 'b', found: 'a' })]],
  ['a read that sees the new value of a change under way', [put(0, 9, 'a', null), read(1, 2, 'a')]],
  ['a read that sees the old value of a change under way', [put(0, 9, 'a', null), read(1, 2, null)]],
  [
    'a comparison that failed',
    [put(0, 1, 'a', null), change(2, 3, { from: 'b', to: 'c', found: 'a' }), read(4, 5, 'a')],
  ],
  ['what returns when another is called', [put(0, 1, 'a', null), read(1, 2, null)]],
  ['a change without an answer that took effect late', [open(0, 'a'), read(1, 2, null), read(3, 4, 'a')]],
  ['a change without an answer that never took effect', [open(0, 'a'), read(1, 2, null), read(3, 4, null)]],
  ['a comparison without an answer that fails', [put(0, 1, 'a', null), open(2, 'c', 'b'), read(5, 6, 'a')]],
  [
    'one without an answer that makes another possible',
    [open(0, 'a'), open(0, 'b', 'a'), read(5, 6, null), read(7, 8, 'b')],
  ],
  ['a release without an answer', [put(0, 1, 'a', null), open(2, null), put(3, 4, 'b', null)]],
];

const refused: readonly (readonly [string, readonly RegisterOperation[]])[] = [
  ['a value that nobody put there', [read(0, 1, 'a')]],
  ['a lost change', [put(0, 1, 'a', null), read(2, 3, null)]],
  ['a read that goes back', [put(0, 9, 'a', null), read(1, 2, 'a'), read(3, 4, null)]],
  ['two who found it free', [put(0, 9, 'a', null), put(0, 9, 'b', null)]],
  [
    'two who both compared and changed',
    [change(0, 9, { from: null, to: 'a', found: null }), change(0, 9, { from: null, to: 'b', found: null })],
  ],
  ['a comparison that failed without a reason', [change(0, 1, { from: null, to: 'a', found: 'b' })]],
  ['a change that took effect before it was called', [read(0, 1, 'a'), put(2, 3, 'a', null)]],
  ['one without an answer that was found before its call', [read(0, 1, 'a'), open(2, 'a')]],
  [
    'one without an answer that took effect twice',
    [open(0, 'a'), read(1, 2, 'a'), put(3, 4, 'b', 'a'), read(5, 6, 'a')],
  ],
  [
    'one without an answer that came back after it was released',
    [open(0, 'a'), put(1, 2, null, 'a'), read(3, 4, null), read(5, 6, 'a')],
  ],
  ['a comparison without an answer that never could succeed', [open(0, 'b', 'a'), read(1, 2, 'b')]],
];

describe('known histories', () => {
  test.each(accepted)('accepts %s', (_, history) => {
    expect(isAccepted(history)).toBe(true);
    expect(isAcceptedByEveryOrder(history)).toBe(true);
  });

  test.each(refused)('refuses %s', (_, history) => {
    expect(isAccepted(history)).toBe(false);
    expect(isAcceptedByEveryOrder(history)).toBe(false);
  });

  test('says where it got stuck', () => {
    const lost = read(2, 3, null);
    expect(checkRegister([put(0, 1, 'a', null), lost, read(4, 5, 'a')])).toEqual({ type: 'refused', stuckAt: lost });
  });

  test('gives up when there is more to try than allowed, and says so', () => {
    const histories = Array.from({ length: 12 }, (_, index) => put(0, 9, `${index}`, 'nothing of this'));
    const puts = [...Array.from({ length: 12 }, (_, index) => open(0, `${index}`)), ...histories];
    expect(checkLinearizable(registerModel, puts, 1_000)).toEqual({ type: 'undecided' });
  });

  test('knows no operation that returned before its call', () => {
    expect(() => checkRegister([read(2, 1, null)])).toThrow(RangeError);
  });
});

const someValue = fc.constantFrom<Held>(null, 'a', 'b', 'c');
const someAction = fc.oneof(
  fc.constant({ type: 'read' } as const),
  fc.record({
    type: fc.constant('change' as const),
    from: fc.option(someValue, { nil: undefined }),
    to: someValue,
  }),
);
const someOperation: fc.Arbitrary<RegisterOperation> = fc
  .record({
    action: someAction,
    calledAt: fc.nat(12),
    took: fc.option(fc.nat(6), { nil: NEVER, freq: 3 }),
    found: someValue,
  })
  .map(({ action, calledAt, took, found }) => ({
    action,
    calledAt,
    returnedAt: calledAt + took,
    result: took === NEVER ? undefined : { found },
  }));

describe('generated histories', () => {
  test('the verdict is that of trying every order, with and without narrowing', () => {
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(fc.array(someOperation, { maxLength: 6 }), (history) => {
        const expected = isAcceptedByEveryOrder(history);
        verdicts.add(expected);
        expect(isAccepted(history)).toBe(expected);
        expect(checkLinearizable(registerModel, history).type).toBe(expected ? 'linearizable' : 'refused');
        expect(isAcceptedByEveryOrder(narrowed(history))).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
    expect(verdicts.size).toBe(2);
  });

  test('the verdict on a history that is nearly right is that of trying every order', () => {
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(fc.nat(), fc.nat(6), someValue, (seed, index, found) => {
        const history = [...linearizableHistory(seed, { operations: 7, clients: 3 })];
        const operation = history[index];
        if (operation?.result !== undefined) history[index] = { ...operation, result: { found } };
        const expected = isAcceptedByEveryOrder(history);
        verdicts.add(expected);
        expect(isAccepted(history)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
    expect(verdicts.size).toBe(2);
  });

  test('what was done one at a time is accepted', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(isAccepted(linearizableHistory(seed, { operations: 300, clients: 8 }))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test.each(spoiltHistories)('and not any more once %s', (_, spoil) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const spoilt = spoil(linearizableHistory(seed, { operations: 300, clients: 8 }), seed);
        fc.pre(spoilt !== undefined);
        expect(isAccepted(spoilt)).toBe(false);
      }),
      { numRuns: 20 },
    );
    expect.hasAssertions();
  });

  test('thousands of operations on one register are soon checked', () => {
    const history = linearizableHistory(1, { operations: 10_000, clients: 20 });
    expect(isAccepted(history)).toBe(true);
    for (const [, spoil] of spoiltHistories) expect(isAccepted(spoil(history, 2) ?? [])).toBe(false);
  });
});
