import { describe, expect, it } from 'vitest';
import type { RegisterValue } from '../registers.ts';
import {
  abortion,
  barring,
  beginning,
  cancellation,
  cancelling,
  confirmation,
  removal,
  settling,
} from './order-decisions.ts';
import type { Order } from './order.ts';

const PENDING: Order = {
  email: 'ann@example.com',
  lines: [{ product: '__proto__', quantity: 2, lot: null }],
  state: 'pending',
  attempt: 'a',
  atMs: 5,
  settled: false,
};
const ABORTED: Order = { ...PENDING, state: 'aborted' };
const CONFIRMED: Order = { ...PENDING, state: 'confirmed', lines: [{ product: '__proto__', quantity: 2, lot: 'l' }] };
const SETTLED: Order = { ...CONFIRMED, settled: true };
const CANCELLING: Order = { ...SETTLED, state: 'cancelling' };
const CANCELLED: Order = { ...SETTLED, state: 'cancelled' };
const ALL: readonly (Order | null)[] = [null, PENDING, ABORTED, CONFIRMED, SETTLED, CANCELLING, CANCELLED];

const lots = new Map([['__proto__', 'l']]);

/** What each change makes of each of the values; where it is not named, it keeps the value. */
const CHANGES = [
  { title: 'a beginning', change: beginning(PENDING), made: [[null, PENDING]] },
  { title: 'a confirmation', change: confirmation('a', lots), made: [[PENDING, CONFIRMED]] },
  { title: 'a confirmation of another attempt', change: confirmation('b', lots), made: [] },
  { title: 'an abortion', change: abortion('a'), made: [[PENDING, ABORTED]] },
  { title: 'an abortion of another attempt', change: abortion('b'), made: [] },
  { title: 'a removal', change: removal('a'), made: [[ABORTED, null]] },
  { title: 'a removal of another attempt', change: removal('b'), made: [] },
  { title: 'settling', change: settling, made: [[CONFIRMED, SETTLED]] },
  { title: 'cancelling', change: cancelling, made: [[SETTLED, CANCELLING]] },
  { title: 'a cancellation', change: cancellation, made: [[CANCELLING, CANCELLED]] },
  { title: 'barring', change: barring, made: ALL.map((order) => [order, order] as const) },
] as const;

describe('an order', () => {
  it.each(CHANGES)('moves by $title only from where it may', ({ change, made }) => {
    const outcomes = ALL.flatMap((order): (readonly [Order | null, RegisterValue])[] => {
      const decision = change(order);
      return decision.type === 'write' ? [[order, decision.value]] : [];
    });
    expect(outcomes).toEqual(made);
  });

  it('tells what an attempt came to', () => {
    expect(ALL.map((order) => abortion('a')(order).result)).toEqual([
      'gone',
      'aborted',
      'aborted',
      'sold',
      'sold',
      'sold',
      'sold',
    ]);
    expect(ALL.map((order) => confirmation('b', lots)(order).result)).toEqual(ALL.map(() => 'gone'));
    expect(beginning(PENDING)(CANCELLED).result).toEqual({ type: 'there', order: CANCELLED });
  });
});
