/*
 * Random histories of one key: several replicas write, receive what others held at any earlier moment (late,
 * repeated, out of order), and are restored from old copies under a new incarnation. All states that come up are
 * ones that a cluster can reach; the laws of merging need not hold for others.
 */
import * as fc from 'fast-check';
import { merge } from '../merge.ts';
import type { CausalRecord } from '../record.ts';
import { emptyRecord, update } from '../update.ts';
import { naiveEmpty, naiveMerge, naiveUpdate, type NaiveRecord } from './naive-model.ts';

/** What a replica held at one moment, as the code and as the model have it. */
export interface HistoryState {
  readonly record: CausalRecord;
  readonly model: NaiveRecord;
}

/** Names that trip up plain objects, sorting by locale, and quoting by hand. */
export const hostileNames = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'apple',
  'Apple',
  'äpfel',
  '💥',
  '\uFFFD',
  ']],[[',
  '"\\"',
  'line:',
  '0',
];

export const anyField: fc.Arbitrary<string> = fc.constantFrom(...hostileNames);
export const anyQuantity: fc.Arbitrary<number> = fc.integer({ min: -3, max: 9 });

type Step =
  | { type: 'update'; replica: number; set: [string, number][]; remove: string[] }
  | { type: 'receive'; replica: number; state: number }
  | { type: 'restore'; replica: number; state: number };

const REPLICAS = 3;
const replica = fc.nat({ max: REPLICAS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('update' as const),
      replica,
      set: fc.array(fc.tuple(anyField, anyQuantity), { maxLength: 3 }),
      remove: fc.array(anyField, { maxLength: 3 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('receive' as const), replica, state: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restore' as const), replica, state: fc.nat() }) },
);

/** All states that some replica was in, oldest first; the last ones are what the replicas hold at the end. */
export const anyHistory: fc.Arbitrary<readonly HistoryState[]> = fc.array(step, { maxLength: 30 }).map(run);

/** Some states, at any moments of one history. */
export function anyStates(count: number): fc.Arbitrary<readonly HistoryState[]> {
  return anyHistory.chain((states) => fc.array(fc.constantFrom(...states), { minLength: count, maxLength: count }));
}

function run(steps: readonly Step[]): readonly HistoryState[] {
  const empty: HistoryState = { record: emptyRecord, model: naiveEmpty };
  const held = Array.from({ length: REPLICAS }, () => empty);
  const incarnations = Array.from({ length: REPLICAS }, () => 1);
  const states = [empty];
  for (const taken of steps) {
    const mine = held[taken.replica] ?? empty;
    const next = take(taken, mine, states, `node-${taken.replica}.${incarnations[taken.replica]}`);
    if (taken.type === 'restore') incarnations[taken.replica] = (incarnations[taken.replica] ?? 0) + 1;
    held[taken.replica] = next;
    states.push(next);
  }
  return [...states, ...held];
}

function take(taken: Step, mine: HistoryState, states: readonly HistoryState[], actor: string): HistoryState {
  if (taken.type === 'update') {
    return {
      record: update(mine.record, actor, taken),
      model: naiveUpdate(mine.model, actor, new Map(taken.set), taken.remove),
    };
  }
  const other = states[taken.state % states.length] ?? mine;
  if (taken.type === 'restore') return other;
  return { record: merge(mine.record, other.record), model: naiveMerge(mine.model, other.model) };
}
