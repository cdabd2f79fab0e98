import { array, assert, constantFrom, nat, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { Ballots } from './ballots.ts';

test('I24: no ballot is given out twice for one register, whatever is remembered of registers', () => {
  const steps = array(tuple(constantFrom('forget', 'write', 'see'), nat(1), nat(9)), { size: 'max', maxLength: 40 });
  assert(
    property(steps, (all) => {
      const ballots = new Ballots('p');
      const used = new Map<number, Set<number>>();
      const promised = new Map<number, number>();
      let uses = 0;
      for (const [step, register, counter] of all) {
        if (step === 'see') ballots.saw(counter);
        else if (step === 'forget') promised.delete(register);
        else {
          const chained = promised.get(register);
          const ballot = chained === undefined ? ballots.fresh() : ([chained, 'p'] as const);
          const usedHere = used.get(register) ?? new Set();
          used.set(register, usedHere.add(ballot[0]));
          uses += 1;
          promised.set(register, ballots.after(ballot)[0]);
        }
      }
      expect([...used.values()].reduce((sum, { size }) => sum + size, 0)).toBe(uses);
    }),
    { numRuns: 1_000 },
  );
});

test('goes above what stood in the way', () => {
  const ballots = new Ballots('p');
  ballots.saw(41);
  expect(ballots.fresh()).toEqual([42, 'p']);
});
