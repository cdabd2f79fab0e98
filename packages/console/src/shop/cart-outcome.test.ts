import { describe, expect, test } from 'vitest';
import { ApiProblem, GatewayAway } from '../api/problem.ts';
import { changeOutcome, checkoutFailure, orderOutcome } from './cart-outcome.ts';

describe('a change', () => {
  test('says what was done', () => {
    const quorum = { answered: 2, replicas: 3, degraded: false };
    expect(changeOutcome('Added apple.', quorum)).toEqual({ tone: 'good', text: 'Added apple.' });
  });

  test('says when the reply was degraded', () => {
    const quorum = { answered: 1, replicas: 3, degraded: true };
    expect(changeOutcome('Added apple.', quorum)).toEqual({
      tone: 'warn',
      text: 'Added apple. Degraded: kept by 1 of 3 replicas so far.',
    });
  });
});

describe('a checkout', () => {
  test('tells how much was ordered', () => {
    const order = { id: 'x', lines: { apple: 1 }, state: 'confirmed', createdAt: '', quantityTotal: 1 } as const;
    expect(orderOutcome(order).text).toBe('Ordered 1 thing. They are not in the cart any more.');
  });

  test('names what there is too little of', () => {
    const short = [
      { product: 'cherry', wanted: 100, available: 60 },
      { product: 'fig', wanted: 2, available: 0 },
      { product: 'plum', wanted: 2, available: 1 },
    ];
    expect(checkoutFailure(new ApiProblem(409, { code: 'SHORT_STOCK', short }))).toEqual({
      tone: 'bad',
      text:
        'Nothing was ordered. Of cherry only 60 are left, and the cart has 100. There is no fig left. ' +
        'Of plum only 1 is left, and the cart has 2. Change the cart and try again.',
    });
  });

  test.each([
    new ApiProblem(503, { code: 'CHECKOUT_BUSY' }),
    new ApiProblem(503, { code: 'OUTCOME_UNKNOWN' }),
    new GatewayAway('cut'),
  ])('%s is no failure for good', (error) => {
    expect(checkoutFailure(error).tone).toBe('warn');
  });

  test('says what the gateway says otherwise', () => {
    const problem = new ApiProblem(409, { code: 'CART_EMPTY', detail: 'There is nothing in the cart.' });
    expect(checkoutFailure(problem)).toEqual({ tone: 'bad', text: 'There is nothing in the cart.' });
  });
});
