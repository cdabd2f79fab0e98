/*
 * Bugs that seldom come to light by chance, each with the one order of events that shows it. The check of histories finds
 * them, and finds nothing in the same events without the bug.
 */
import { afterEach, expect, test, vi } from 'vitest';
import { checkRegister, type Held, type RegisterOperation } from '../../../../../tests/support/register-model.ts';
import type { RegisterChange } from '../../registers.ts';
import { StoreError } from '../../store.ts';
import { ANSWER_LOST, KEY, LOST, ON_TIME, owners, REQUEST, world } from '../../testing/register-cases.ts';
import type { RegisterGateway } from '../../testing/register-world.ts';
import { KnownRegisters } from './known-registers.ts';

/** Arrives after whoever sent it has heard from the others, and before it gives up. */
const LATE = { arrivalsMs: [50], answerMs: 1 };

afterEach(() => vi.restoreAllMocks());

function put(value: string, id = value): RegisterChange<Held> {
  return { id, decide: (held) => ({ type: 'write', value, result: typeof held === 'string' ? held : null }) };
}

/** A world, and the history of what its gateways are asked. */
function recorded() {
  const created = world();
  const { clock } = created;
  const history: RegisterOperation[] = [];
  const record = (action: RegisterOperation['action'], work: Promise<Held>) => {
    const calledAt = clock.monotonicMs();
    return work.then(
      (found) => void history.push({ action, calledAt, returnedAt: clock.monotonicMs(), result: { found } }),
      (error: unknown) => {
        if (!(error instanceof StoreError)) throw error;
        if (error.code === 'OUTCOME_UNKNOWN')
          history.push({ action, calledAt, returnedAt: Infinity, result: undefined });
      },
    );
  };
  const change = ({ registers }: RegisterGateway, value: string) =>
    record({ type: 'change', from: undefined, to: value }, registers.change(KEY, put(value), REQUEST));
  const read = async ({ registers }: RegisterGateway) => {
    // What returns at the moment of the next call counts as at the same time.
    await clock.run(clock.sleep(1));
    const work = registers.read(KEY, REQUEST).then(({ value }) => (typeof value === 'string' ? value : null));
    await clock.run(record({ type: 'read' }, work));
  };
  const unreachable = (node: string) => {
    created.world.fate = (_asked, id) => (id === node ? LOST : ON_TIME);
  };
  return {
    ...created,
    change,
    read,
    unreachable,
    isLinearizable: () => checkRegister(history).type === 'linearizable',
  };
}

test.each([true, false])(
  'I24: finds a promise that is kept after a write that failed (planted: %s)',
  async (isPlanted) => {
    if (isPlanted) vi.spyOn(KnownRegisters.prototype, 'forget').mockImplementation(() => {});
    const { world: all, clock, change, read, unreachable, isLinearizable } = recorded();
    const gateway = all.gateway(owners(), { claimTimeoutMs: 60 });
    const other = all.gateway(owners());
    await clock.run(change(gateway, 'x'));
    // Of the next write only a hears, once, and it is given up.
    all.fate = (asked, node) => (asked === 'accept' && node === 'a' ? ANSWER_LOST : LOST);
    await clock.run(change(gateway, 'y'));
    unreachable('a');
    await clock.run(change(gateway, 'z'));
    unreachable('c');
    await read(other);
    unreachable('a');
    await read(other);
    expect(isLinearizable()).toBe(!isPlanted);
  },
);

test.each([true, false])('I28: finds a node that lost its disk and votes at once (planted: %s)', async (isPlanted) => {
  const { world: all, clock, change, isLinearizable } = recorded();
  const first = all.gateway(owners());
  const second = all.gateway(owners(), { claimTimeoutMs: 200 });
  // The first one's ballots are the higher ones.
  for (const id of ['1', '2', '3']) await clock.run(first.registers.change(`item:${id}`, put(id), REQUEST));
  all.fate = (asked, node) => {
    if (node === 'c') return LOST;
    return asked === 'accept' && node === 'a' ? LATE : ON_TIME;
  };
  const slow = change(first, 'p');
  await clock.run(clock.sleep(10));
  all.acceptor('a').registers.clear();
  all.acceptor('a').isIncomplete = !isPlanted;
  all.fate = (_asked, node, from) => (node === (from === second.id ? 'b' : 'c') ? LOST : ON_TIME);
  await clock.run(change(second, 'q'));
  await clock.run(slow);
  expect(isLinearizable()).toBe(!isPlanted);
});

test.each([true, false])(
  'I24: finds a disk that loses what it said to have synced (planted: %s)',
  async (isPlanted) => {
    const { world: all, clock, change, read, unreachable, gateway, isLinearizable } = recorded();
    await clock.run(change(gateway, 'x'));
    const before = new Map(all.acceptor('a').registers);
    unreachable('c');
    await clock.run(change(gateway, 'y'));
    if (isPlanted) for (const [key, register] of before) all.acceptor('a').registers.set(key, register);
    unreachable('b');
    await read(all.gateway(owners()));
    expect(isLinearizable()).toBe(!isPlanted);
  },
);
