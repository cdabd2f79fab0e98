import { describe, expect, test } from 'vitest';
import { ApiProblem, GatewayAway } from '../api/problem.ts';
import { changeFailure, reserveFailure, reserveOutcome } from './reserve-outcome.ts';

const nameOf = (item: string): string => item.toUpperCase();
const taken = (item: string) => ({ item, reason: 'TAKEN' as const });

describe('reserving', () => {
  test('one that is had', () => {
    expect(reserveOutcome({ had: ['c7'], refused: [] }, 'seat', nameOf)).toEqual({
      tone: 'good',
      text: 'C7 is yours.',
    });
  });

  test('several that are had', () => {
    expect(reserveOutcome({ had: ['a', 'b'], refused: [] }, 'seat', nameOf).text).toBe('2 seats are yours.');
  });

  test('one that somebody else was faster to take', () => {
    expect(reserveOutcome({ had: [], refused: [taken('c7')] }, 'seat', nameOf)).toEqual({
      tone: 'bad',
      text: 'Somebody else was faster: C7 is taken. Nothing was reserved for you.',
    });
  });

  test('some had and some not', () => {
    const refused = [taken('b'), { item: 'c', reason: 'NOT_FOUND' as const }];
    expect(reserveOutcome({ had: ['a'], refused }, 'book', nameOf)).toEqual({
      tone: 'warn',
      text: 'A is yours. Somebody else was faster: B is taken. C: it is not there any more.',
    });
  });

  test('all or none, where one was taken', () => {
    const refused = [taken('b'), { item: 'a', reason: 'NOT_ALL_FREE' as const }];
    expect(reserveOutcome({ had: [], refused }, 'seat', nameOf).text).toBe(
      'Somebody else was faster: B is taken. Nothing was reserved for you. The others were left free.',
    );
  });

  test('of many that are taken, five are named', () => {
    const refused = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(taken);
    expect(reserveOutcome({ had: [], refused }, 'seat', nameOf).text).toContain('A, B, C, D, E and 2 more are taken.');
  });

  test.each([
    new GatewayAway('cut'),
    new ApiProblem(503, { code: 'OUTCOME_UNKNOWN' }),
    new ApiProblem(503, { code: 'QUORUM_NOT_MET' }),
  ])('what is not known is not said to have failed (%s)', (error) => {
    const { tone, text } = reserveFailure(error);
    expect(tone).toBe('warn');
    expect(text).not.toContain('Nothing was reserved');
    expect(text).toContain('Your reservations show what you have.');
  });

  test('what is refused for good is said to be', () => {
    const problem = new ApiProblem(409, { code: 'LIST_TOO_LARGE', detail: 'You hold too many.' });
    expect(reserveFailure(problem)).toEqual({ tone: 'bad', text: 'Nothing was reserved. You hold too many.' });
  });
});

describe('changing', () => {
  test('to what somebody else was faster to take', () => {
    expect(changeFailure(new ApiProblem(409, { code: 'TAKEN' }), 'D4').text).toBe(
      'Somebody else was faster: D4 is taken. You keep what you had.',
    );
  });

  test.each([new GatewayAway('cut'), new ApiProblem(503, { code: 'OUTCOME_UNKNOWN' })])(
    'without an answer that tells, it is not known (%s)',
    (error) => {
      expect(changeFailure(error, 'D4').text).toMatch(/^It is not known whether it was changed/);
    },
  );
});
