import { expect, test } from 'vitest';
import type { Evidence, ItemState, Listed } from './evidence.ts';
import type { Cancel, Change, Held, Look, Operation, Reserve } from './history.ts';
import { judgeClaims } from './judge-claims.ts';

const ANN = 'ann@example.com';
const BEN = 'ben@example.com';
const ITEMS = ['emma', 'dune'] as const;

function held(item: string, token: string, email: string = ANN): Held {
  return { id: `${item}~${token}`, item, email };
}

function reserve(
  startMs: number,
  endMs: number,
  reserved: readonly Held[],
  uncertain: readonly string[] = [],
): Reserve {
  const items = [...reserved.map(({ item }) => item), ...uncertain];
  return { kind: 'reserve', startMs, endMs, email: ANN, items, keyed: true, reserved, uncertain };
}

function cancel(startMs: number, endMs: number, { id }: Held, outcome: Cancel['outcome'] = 'done'): Cancel {
  return { kind: 'cancel', startMs, endMs, reservation: id, outcome };
}

function move(startMs: number, endMs: number, { id }: Held, item: string, now?: Held): Change {
  const outcome = now === undefined ? ({ kind: 'unknown' } as const) : ({ kind: 'changed', now } as const);
  return { kind: 'change', startMs, endMs, reservation: id, item, outcome };
}

function pass(startMs: number, endMs: number, from: Held, email: string, isKnown = true): Change {
  const outcome = isKnown ? ({ kind: 'changed', now: { ...from, email } } as const) : ({ kind: 'unknown' } as const);
  return { kind: 'change', startMs, endMs, reservation: from.id, email, outcome };
}

function look(startMs: number, endMs: number, item: string, reservation: string | null): Look {
  return { kind: 'look', startMs, endMs, item, outcome: { kind: 'seen', reservation } };
}

/** What stands there when exactly these are held, in items and in lists. */
function evidenceOf(...holders: readonly Held[]): Evidence {
  const items = ITEMS.map((item): [string, ItemState] => {
    const holder = holders.find((each) => each.item === item);
    return [item, holder === undefined ? { kind: 'free' } : { kind: 'held', holder, pending: false }];
  });
  const lists = [ANN, BEN].map((email): [string, readonly Listed[]] => [
    email,
    holders.filter((each) => each.email === email).map((each) => ({ ...each, pending: false })),
  ]);
  return { items: new Map(items), lists: new Map(lists) };
}

function withItem(evidence: Evidence, item: string, state: ItemState): Evidence {
  return { ...evidence, items: new Map([...evidence.items, [item, state]]) };
}

function withList(evidence: Evidence, email: string, list: readonly Held[] | undefined): Evidence {
  const shown = list?.map((each) => ({ ...each, pending: false }));
  return { ...evidence, lists: new Map([...evidence.lists, [email, shown]]) };
}

const one = held('emma', 'one');
const two = held('emma', 'two', BEN);
const dune = held('dune', 'three');
const good: readonly (readonly [name: string, history: readonly Operation[], evidence: Evidence])[] = [
  ['nothing happened', [], evidenceOf()],
  ['a reservation is there', [reserve(0, 1, [one])], evidenceOf(one)],
  ['one answer came twice', [reserve(0, 1, [one]), reserve(0, 3, [one])], evidenceOf(one)],
  ['one after the other', [reserve(0, 1, [one]), cancel(2, 5, one), reserve(3, 4, [two])], evidenceOf(two)],
  ['an unknown one was made', [reserve(0, 1, [], ['emma'])], evidenceOf(one)],
  ['an unknown one was not made', [reserve(0, 1, [], ['emma'])], evidenceOf()],
  ['an unknown end came about', [reserve(0, 1, [one]), cancel(2, 3, one, 'unknown')], evidenceOf()],
  ['an unknown end did not', [reserve(0, 1, [one]), cancel(2, 3, one, 'unknown')], evidenceOf(one)],
  ['exchanged', [reserve(0, 1, [one]), move(2, 3, one, 'dune', dune)], evidenceOf(dune)],
  ['exchanged for itself', [reserve(0, 1, [one]), move(2, 3, one, 'emma', one)], evidenceOf(one)],
  ['perhaps exchanged', [reserve(0, 1, [one]), move(2, 3, one, 'dune')], evidenceOf(dune)],
  ['perhaps not exchanged', [reserve(0, 1, [one]), move(2, 3, one, 'dune')], evidenceOf(one)],
  ['passed on', [reserve(0, 1, [one]), pass(2, 3, one, BEN)], evidenceOf({ ...one, email: BEN })],
  ['passed on and back', [reserve(0, 1, [one]), pass(2, 3, one, BEN), pass(4, 5, one, ANN)], evidenceOf(one)],
  [
    'passed on twice at once',
    [reserve(0, 1, [one]), pass(2, 5, one, BEN), pass(3, 4, one, ANN)],
    evidenceOf({ ...one, email: BEN }),
  ],
  [
    'perhaps passed on, late',
    [reserve(0, 1, [one]), pass(2, 3, one, BEN, false), pass(4, 5, one, ANN)],
    evidenceOf({ ...one, email: BEN }),
  ],
  ['seen while held', [reserve(0, 1, [one]), look(2, 3, 'emma', one.id)], evidenceOf(one)],
  ['seen free before the answer', [look(0, 2, 'emma', null), reserve(0, 3, [one])], evidenceOf(one)],
  [
    'missing after a cancellation',
    [reserve(0, 1, [one]), cancel(2, 3, one), cancel(2, 4, one, 'missing')],
    evidenceOf(),
  ],
];

test.each(good)('%s: no violation', (_, history, evidence) => {
  expect(judgeClaims({ history, evidence })).toEqual([]);
});

const bad: readonly (readonly [name: string, says: string, history: readonly Operation[], evidence: Evidence])[] = [
  ['two successes for one item', 'two holders at once', [reserve(0, 1, [one]), reserve(2, 3, [two])], evidenceOf(one)],
  [
    'two successes for one item',
    'emma~two was promised',
    [reserve(0, 1, [one]), reserve(2, 3, [two])],
    evidenceOf(one),
  ],
  [
    'a holder before the one before was asked to go',
    'two holders at once: emma~one and emma~two',
    [reserve(0, 1, [one]), reserve(2, 3, [two]), cancel(4, 5, one)],
    evidenceOf(two),
  ],
  [
    'a holder within the time of another',
    'two holders at once',
    [reserve(0, 1, [one]), reserve(2, 3, [two]), cancel(4, 5, two), cancel(6, 7, one)],
    evidenceOf(),
  ],
  [
    'a lost success',
    'emma~one was promised and never given up, but emma is free',
    [reserve(0, 1, [one])],
    evidenceOf(),
  ],
  ['a success taken over', 'emma is held by emma~two', [reserve(0, 1, [one])], evidenceOf(two)],
  [
    'a cancelled one that is there',
    'was given up and still holds',
    [reserve(0, 1, [one]), cancel(2, 3, one)],
    evidenceOf(one),
  ],
  [
    'a doubled exchange',
    'was given up and still holds',
    [reserve(0, 1, [one]), move(2, 3, one, 'dune', dune)],
    evidenceOf(one, dune),
  ],
  ['a lost exchange', 'dune~three was promised', [reserve(0, 1, [one]), move(2, 3, one, 'dune', dune)], evidenceOf()],
  [
    'a refused exchange that lost the old',
    'never given up',
    [reserve(0, 1, [one]), { ...move(2, 3, one, 'dune'), outcome: { kind: 'refused' } }],
    evidenceOf(),
  ],
  ['a holder out of nowhere', 'nobody can have been promised', [], evidenceOf(one)],
  [
    'a holder of whom another item was unknown',
    'nobody can have been promised',
    [reserve(0, 1, [], ['dune'])],
    evidenceOf(one),
  ],
  [
    'a forgotten passing on',
    'but was to be ben@example.com',
    [reserve(0, 1, [one]), pass(2, 3, one, BEN)],
    evidenceOf(one),
  ],
  [
    'a list that lacks it',
    'the list of ann@example.com has 0 times',
    [reserve(0, 1, [one])],
    withList(evidenceOf(one), ANN, []),
  ],
  ['a list that has it twice', 'has 2 times', [reserve(0, 1, [one])], withList(evidenceOf(one), ANN, [one, one])],
  [
    'an item on two lists',
    'the list of ben@example.com has emma~two',
    [reserve(0, 1, [one])],
    withList(evidenceOf(one), BEN, [two]),
  ],
  ['a list that leads to a free item', 'but emma is free', [], withList(evidenceOf(), ANN, [one])],
  ['a list with a strange item', 'is no item of this test', [], withList(evidenceOf(), ANN, [held('other', 'one')])],
  [
    'a holder that takes no part',
    'takes no part',
    [reserve(0, 1, [], ['emma'])],
    withItem(evidenceOf(), 'emma', { kind: 'held', holder: { ...one, email: 'eve@example.com' }, pending: false }),
  ],
  [
    'an undecided item',
    'in the middle of a request',
    [reserve(0, 1, [one])],
    withItem(evidenceOf(one), 'emma', { kind: 'held', holder: one, pending: true }),
  ],
  ['an unread item', 'emma could not be read', [], withItem(evidenceOf(), 'emma', { kind: 'unread' })],
  ['a vanished item', 'emma is gone', [], withItem(evidenceOf(), 'emma', { kind: 'gone' })],
  ['an unread list', 'the list of ann@example.com could not be read', [], withList(evidenceOf(), ANN, undefined)],
  [
    'a look that saw it free',
    'was shown free while emma~one held it',
    [reserve(0, 1, [one]), look(2, 3, 'emma', null)],
    evidenceOf(one),
  ],
  [
    'a look that saw another',
    'was shown held by emma~two',
    [reserve(0, 1, [one]), look(2, 3, 'emma', two.id)],
    evidenceOf(one),
  ],
  [
    'missing though nobody gave it up',
    'was said not to be there',
    [reserve(0, 1, [one]), cancel(2, 3, one, 'missing')],
    evidenceOf(one),
  ],
  [
    'missing before anybody gave it up',
    'was said not to be there',
    [reserve(0, 1, [one]), cancel(2, 3, one, 'missing'), cancel(4, 5, one)],
    evidenceOf(),
  ],
];

test.each(bad)('%s is caught: %s', (_, says, history, evidence) => {
  expect(judgeClaims({ history, evidence }).join('\n')).toContain(says);
});
