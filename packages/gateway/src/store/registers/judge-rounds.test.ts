import { NodeCallError, type AcceptResult, type PrepareResult } from '@trolley/cluster';
import type { Ballot } from '@trolley/records';
import { array, assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { judgeAccept, judgePrepare, judgeRead } from './judge-rounds.ts';
import type { ReadAnswer } from './replica.ts';
import type { Answer, RoundState } from './run-round.ts';

const ACCEPTED: AcceptResult = { type: 'accepted' };
const outbid = (counter: number) => ({ type: 'outbid', ballot: [counter, 'q'] }) as const;
const vote = (accepted: Ballot, value: string | null = null): ReadAnswer => ({ accepted, value, isVote: true });
const failed = (code: ConstructorParameters<typeof NodeCallError>[0]) => new NodeCallError(code, code);

function majority(...nodes: string[]) {
  return { nodes, required: Math.floor(nodes.length / 2) + 1 };
}

/** Undefined stands for one that has not answered. */
function state<T>(replies: Readonly<Record<string, T | NodeCallError | undefined>>): RoundState<T> {
  const answers = new Map<string, Answer<T>>();
  const outstanding = new Set<string>();
  for (const [id, reply] of Object.entries(replies)) {
    if (reply === undefined) outstanding.add(id);
    else if (reply instanceof NodeCallError) answers.set(id, { type: 'failed', error: reply });
    else answers.set(id, { type: 'answered', answer: reply });
  }
  return { answers, outstanding };
}

const ABC = [majority('a', 'b', 'c')];

const promised = (accepted: Ballot | null, value: string | null): PrepareResult => ({
  type: 'promised',
  accepted,
  value,
});

/** Whether an accept that was lost may have been done. */
const maybeDone = (replies: Record<string, AcceptResult | NodeCallError | undefined>) => {
  const verdict = judgeAccept(ABC, state(replies));
  return verdict?.type === 'lost' ? verdict.maybeDone : verdict;
};

test.each([1, 2, 3, 4, 5])('I27: of %i replicas more than half must accept', (count) => {
  const nodes = Array.from({ length: count }, (_, index) => `n${index}`);
  for (let accepted = 0; accepted <= count; accepted += 1) {
    const replies = nodes.map((id, index) => [id, index < accepted ? ACCEPTED : outbid(9)] as const);
    const verdict = judgeAccept([majority(...nodes)], state(Object.fromEntries(replies)));
    expect(verdict?.type).toBe(accepted > count / 2 ? 'committed' : 'lost');
  }
});

test('I27: while data moves the old owners must accept and the new', () => {
  const moving = [majority('a', 'b', 'c'), majority('c', 'd', 'e')];
  const all = { a: ACCEPTED, b: ACCEPTED, c: ACCEPTED, d: outbid(9), e: outbid(9) };
  expect(judgeAccept(moving, state<AcceptResult>(all))?.type).toBe('lost');
  expect(judgeAccept(moving, state<AcceptResult>({ ...all, d: ACCEPTED }))?.type).toBe('committed');
  expect(
    judgeAccept(moving, state<AcceptResult>({ a: outbid(9), b: outbid(9), c: ACCEPTED, d: ACCEPTED, e: ACCEPTED }))
      ?.type,
  ).toBe('lost');
});

test('a round is open exactly as long as both ends are possible', () => {
  const reply = constantFrom<AcceptResult | undefined>(ACCEPTED, outbid(9), { type: 'no-vote' }, undefined);
  assert(
    property(array(reply, { minLength: 1, maxLength: 5 }), (replies) => {
      const nodes = replies.map((_, index) => `n${index}`);
      const verdict = judgeAccept(
        [majority(...nodes)],
        state(Object.fromEntries(replies.map((each, i) => [`n${i}`, each]))),
      );
      const yes = replies.filter((each) => each?.type === 'accepted').length;
      const open = replies.filter((each) => each === undefined).length;
      const expected = yes > nodes.length / 2 ? 'committed' : yes + open > nodes.length / 2 ? undefined : 'lost';
      expect(verdict?.type).toBe(expected);
    }),
  );
});

test('of those who promise, the newest that was accepted counts', () => {
  const verdict = judgePrepare(
    ABC,
    state({ a: promised([3, 'p'], 'three'), b: promised([3, 'q'], 'later'), c: outbid(9) }),
  );
  expect(verdict).toEqual({ type: 'promised', accepted: { ballot: [3, 'q'], value: 'later' } });
  expect(judgePrepare(ABC, state({ a: promised(null, null), b: promised(null, null), c: undefined }))).toEqual({
    type: 'promised',
    accepted: { ballot: [0, ''], value: null },
  });
});

test('a proposer that was outbid hears of the highest counter', () => {
  const verdict = judgePrepare(ABC, state<PrepareResult>({ a: outbid(7), b: outbid(9), c: undefined }));
  expect(verdict).toMatchObject({ type: 'lost', reason: 'outbid', counter: 9 });
});

test.each([
  ['unreachable', failed('UNREACHABLE'), failed('NOT_READY')],
  ['unreachable', failed('UNREACHABLE'), failed('READ_ONLY')],
  ['read-only', failed('READ_ONLY'), failed('READ_ONLY')],
  ['stale-epoch', failed('STALE_EPOCH'), outbid(4)],
  ['outbid', failed('UNREACHABLE'), outbid(4)],
])('%s is said to be the reason', (reason, b, c) => {
  expect(judgeAccept(ABC, state<AcceptResult>({ a: failed('UNREACHABLE'), b, c }))).toMatchObject({ reason });
});

test('I26: an accept that nobody can have carried out is known not to be done, any other is not', () => {
  const not = failed('UNREACHABLE');
  expect(maybeDone({ a: not, b: not, c: { type: 'no-vote' } })).toBe(false);
  expect(maybeDone({ a: not, b: not, c: undefined })).toBe(true);
  expect(maybeDone({ a: not, b: not, c: ACCEPTED })).toBe(true);
  expect(maybeDone({ a: not, b: not, c: failed('TIMEOUT') })).toBe(true);
  // A message that came twice: the first may have been accepted, and overtaken.
  expect(maybeDone({ a: not, b: not, c: outbid(3) })).toBe(true);
});

test('a read counts those that accepted the newest, and nobody who lost data or only heard of it', () => {
  const old = vote([1, 'p'], 'old');
  const now = vote([2, 'p'], 'new');
  const heard: ReadAnswer = { ...now, isVote: false };
  expect(judgeRead(ABC, state({ a: now, b: now, c: undefined }))).toEqual({
    type: 'agreed',
    accepted: { ballot: [2, 'p'], value: 'new' },
  });
  expect(judgeRead(ABC, state({ a: old, b: now, c: undefined }))).toBeUndefined();
  expect(judgeRead(ABC, state({ a: old, b: now, c: now }))?.type).toBe('agreed');
  expect(judgeRead(ABC, state({ a: old, b: now, c: heard }))?.type).toBe('differ');
  expect(judgeRead(ABC, state({ a: old, b: now, c: failed('TIMEOUT') }))?.type).toBe('differ');
  expect(judgeRead(ABC, state({ a: now, b: heard, c: heard }))).toEqual({ type: 'differ' });
  // Two that agree on something older decide nothing once a third has something newer: it may have been decided with the fourth.
  const abcd = [majority('a', 'b', 'c', 'd')];
  expect(judgeRead(abcd, state({ a: old, b: old, c: now, d: undefined }))?.type).toBe('differ');
});
