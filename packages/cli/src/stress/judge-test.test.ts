import { expect, test } from 'vitest';
import type { Evidence, ItemState } from './evidence.ts';
import type { Cancel, Change, Held, Operation, Reserve } from './history.ts';
import { judge, type Probe } from './judge-test.ts';
import type { ReplyCounts } from './replies.ts';
import { stressPlan, type StressPlan } from './stress-plan.ts';

function reserve(reserved: readonly Held[], items = reserved.map(({ item }) => item), keyed = true): Reserve {
  return { kind: 'reserve', startMs: 0, endMs: 1, email: 'x', items, keyed, reserved, uncertain: [] };
}

function refused(item: string): Reserve {
  return reserve([], [item], false);
}

function cancel(reservation: string, outcome: Cancel['outcome']): Cancel {
  return { kind: 'cancel', startMs: 2, endMs: 3, reservation, outcome };
}

function move(reservation: string, item: string | undefined, kind: 'refused' | 'unknown'): Change {
  return { kind: 'change', startMs: 2, endMs: 3, reservation, item: item ?? '', outcome: { kind } };
}

function heldBy(plan: StressPlan, item: number, person: number): Held {
  const id = plan.items[item] ?? '';
  return { id: `${id}~${person}`, item: id, email: plan.people[person] ?? '' };
}

function violationsOf(
  plan: StressPlan,
  history: readonly Operation[],
  holders: readonly Held[],
  probe: Probe = 'reserved',
  unexpected: ReplyCounts = new Map(),
): string {
  const items = plan.items.map((id): [string, ItemState] => {
    const holder = holders.find(({ item }) => item === id);
    return [id, holder === undefined ? { kind: 'free' } : { kind: 'held', holder, pending: false }];
  });
  const lists = plan.people.map((email) => {
    const list = holders.filter((holder) => holder.email === email).map((holder) => ({ ...holder, pending: false }));
    return [email, list] as const;
  });
  const evidence: Evidence = { items: new Map(items), lists: new Map(lists) };
  const { passed, violations } = judge(plan, { history, evidence, probe, unexpected });
  expect(passed).toBe(violations.length === 0);
  return violations.join('\n');
}

test('a run in which nobody got anything fails, and so does an item that is stuck at the end', () => {
  const plan = stressPlan({ test: 4, size: 10, workers: 2 }, 'run');
  expect(violationsOf(plan, [], [])).toMatch(/^no client was ever given a reservation/);
  const { id, ...rest } = heldBy(plan, 0, 0);
  const history = [reserve([{ id, ...rest }]), cancel(id, 'done')];
  expect(violationsOf(plan, history, [])).toBe('');
  expect(violationsOf(plan, history, [], 'failed')).toContain('could not be reserved');
});

test('an answer that no gateway gives that is well fails a run, though its request was repeated', () => {
  const plan = stressPlan({ test: 2, size: 10 }, 'run');
  const holder = heldBy(plan, 0, 0);
  expect(violationsOf(plan, [reserve([holder])], [holder])).toBe('');
  const unexpected = new Map([['POST /reservations: 500 INTERNAL', 3]]);
  expect(violationsOf(plan, [reserve([holder])], [holder], 'reserved', unexpected)).toBe(
    'an answer that must not be, 3 times: POST /reservations: 500 INTERNAL',
  );
});

test('a run in which what it is about never came off fails, and so does one of which most is unknown', () => {
  const giveUp = stressPlan({ test: 4, size: 10, workers: 2 }, 'run');
  const holder = heldBy(giveUp, 0, 0);
  expect(violationsOf(giveUp, [reserve([holder])], [holder])).toBe('no client ever gave a reservation up');
  const exchange = stressPlan({ test: 5, size: 2 }, 'run');
  const made = heldBy(exchange, 0, 0);
  const change = move(made.id, exchange.items[1], 'refused');
  expect(violationsOf(exchange, [reserve([made]), change], [made])).toBe('no client ever changed a reservation');

  const half = [
    reserve([holder]),
    cancel(holder.id, 'done'),
    cancel(holder.id, 'unknown'),
    cancel(holder.id, 'unknown'),
  ];
  expect(violationsOf(giveUp, half, [])).toBe('');
  expect(violationsOf(giveUp, [...half, cancel(holder.id, 'unknown')], [])).toBe(
    'what became of 3 of 5 requests is not known: too many to tell anything',
  );
});

test('the verdict of test 1: one reservation of each item', () => {
  const plan = stressPlan({ test: 1, size: 10 }, 'run');
  const unkeyed = heldBy(plan, 0, 0);
  const keyed = heldBy(plan, 1, 0);
  const once = [reserve([unkeyed], undefined, false), refused(unkeyed.item), reserve([keyed]), reserve([keyed])];
  expect(violationsOf(plan, once, [unkeyed, keyed])).toBe('');
  expect(violationsOf(plan, [...once, reserve([unkeyed], undefined, false)], [unkeyed, keyed])).toContain(
    '2 requests were each told',
  );
  const other = { ...keyed, id: `${keyed.item}~other` };
  expect(violationsOf(plan, [...once, reserve([other])], [unkeyed, keyed])).toContain('2 reservations of');
  expect(violationsOf(plan, [reserve([keyed]), refused(unkeyed.item)], [keyed])).toContain('nobody holds');
  expect(violationsOf(plan, [reserve([keyed])], [keyed])).toBe('');
});

test('the verdict of test 3: everything is taken, and in fair shares', () => {
  const plan = stressPlan({ test: 3, size: 9 }, 'run');
  const split = (toFirst: number) => plan.items.map((_, item) => heldBy(plan, item, item < toFirst ? 0 : 1));
  expect(violationsOf(plan, [reserve(split(3))], split(3))).toBe('');
  expect(violationsOf(plan, [reserve(split(2))], split(2))).toMatch(/^stress-run-00001@example.com got only 2 of 9/);
  expect(violationsOf(plan, [reserve(split(7))], split(7))).toContain('got only 2 of 9');
  const some = split(4).slice(1);
  expect(violationsOf(plan, [reserve(some)], some)).toContain('1 of 9 items were left');
});

test('the verdict of test 5: the number of reservations stays, though not all outcomes are known', () => {
  const plan = stressPlan({ test: 5, size: 2 }, 'run');
  const made = [heldBy(plan, 0, 0), heldBy(plan, 1, 1)];
  const [first] = made;
  const toItself: Operation = {
    kind: 'change',
    startMs: 2,
    endMs: 3,
    reservation: first?.id ?? '',
    item: first?.item ?? '',
    outcome: { kind: 'changed', now: first ?? heldBy(plan, 0, 0) },
  };
  const moves = [toItself, ...made.map(({ id }) => move(id, plan.items[2], 'unknown'))];
  expect(violationsOf(plan, [reserve(made), ...moves], made)).toBe('');
  const doubled = [...made, heldBy(plan, 2, 0)];
  expect(violationsOf(plan, [reserve(made), ...moves], doubled)).toBe(
    '2 reservations were made, and after the changes there are 3',
  );
  expect(violationsOf(plan, [reserve(made), ...moves], made.slice(1))).toContain('there are 1');
});

test('a plan keeps its items and people apart from those of other runs', () => {
  const one = stressPlan({ test: 2 }, 'one');
  const two = stressPlan({ test: 2 }, 'two');
  expect(one.items).toHaveLength(500);
  expect(one.people).toHaveLength(16);
  expect(new Set([...one.items, ...two.items]).size).toBe(1_000);
  for (const id of one.items) expect(id).toMatch(/^stress-one\.\d{5}$/);
});
