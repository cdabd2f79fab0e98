import { compareBallots } from '@trolley/records';
import { describe, expect, test } from 'vitest';
import {
  KEY,
  REQUEST,
  LOST,
  ANSWER_LOST,
  ON_TIME,
  claim,
  append,
  owners,
  world,
} from '../../testing/register-cases.ts';
import { WAITING_FOR_ONE_MAX } from './change-queue.ts';
import type { RegisterChange } from '../../registers.ts';

describe('what went wrong halfway', () => {
  test('a write that failed takes the promise along: the next one asks first', async () => {
    const { world: all, clock, elapsed, gateway } = world();
    await clock.run(gateway.registers.change(KEY, append('x'), REQUEST));
    // The second write reaches one replica, whose answer is lost; then that replica is cut off for a while.
    all.fate = (asked, node) => (asked === 'accept' ? (node === 'a' ? ANSWER_LOST : LOST) : ON_TIME);
    const second = gateway.registers.change(KEY, append('y'), REQUEST);
    await clock.run(clock.sleep(50));
    all.fate = (_asked, node) => (node === 'a' ? LOST : ON_TIME);
    expect(await clock.run(second)).toBe(1);
    all.fate = () => ON_TIME;
    const { result } = await elapsed(() => gateway.registers.change(KEY, append('z'), REQUEST));
    expect(result).toBe(2);
    expect((await clock.run(gateway.registers.read(KEY, REQUEST))).value).toEqual(['x', 'y', 'z']);
    // Never did two replicas hold different values under one ballot.
    const held = [...all.acceptors.values()].map(({ registers }) => registers.get(KEY));
    for (const one of held) {
      for (const other of held) {
        if (one === undefined || other === undefined || compareBallots(one.accepted, other.accepted) !== 0) continue;
        expect(one.value).toBe(other.value);
      }
    }
  });

  test('I25: a write whose answer is lost is found, and not made twice', async () => {
    const { world: all, clock, gateway } = world();
    let decisions = 0;
    const counted: RegisterChange<string> = {
      id: 'once',
      decide: () => {
        decisions += 1;
        return { type: 'write', value: decisions, result: `decision ${decisions}` };
      },
    };
    all.fate = (asked) => (asked === 'accept' && all.sent.accept <= 3 ? ANSWER_LOST : ON_TIME);
    expect(await clock.run(gateway.registers.change(KEY, counted, REQUEST))).toBe('decision 1');
    expect((await clock.run(gateway.registers.read(KEY, REQUEST))).value).toBe(1);
  });

  test('I25: the same change made again, by any gateway, brings its result and does nothing', async () => {
    const { world: all, clock, gateway } = world();
    const other = all.gateway(owners());
    expect(await clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).toBe(0);
    expect(await clock.run(gateway.registers.change(KEY, append('y'), REQUEST))).toBe(1);
    expect(await clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).toBe(0);
    expect(await clock.run(other.registers.change(KEY, append('x'), REQUEST))).toBe(0);
    expect((await clock.run(other.registers.read(KEY, REQUEST))).value).toEqual(['x', 'y']);
  });

  test('I26: a change that was refused the second time is not made afterwards by whoever finds its first write', async () => {
    const { world: all, clock, gateway } = world();
    const other = all.gateway(owners());
    // Ann's claim reaches only a, and the answer is lost.
    all.fate = (asked, node) => (asked === 'accept' ? (node === 'a' ? ANSWER_LOST : LOST) : ON_TIME);
    const ann = gateway.registers.change(KEY, claim('ann'), REQUEST);
    await clock.run(clock.sleep(20));
    // Bob has it meanwhile, from b and c.
    all.fate = (_asked, node) => (node === 'a' ? LOST : ON_TIME);
    expect(await clock.run(other.registers.change(KEY, claim('bob'), REQUEST))).toBe('taken');
    expect(await clock.run(ann)).toBe('refused, "bob" has it');
    all.fate = (_asked, node) => (node === 'c' ? LOST : ON_TIME);
    expect((await clock.run(gateway.registers.read(KEY, REQUEST))).value).toBe('bob');
  });

  test('I24: a refusal is told only of what cannot vanish again', async () => {
    const { world: all, clock, gateway } = world();
    const dying = all.gateway(owners());
    // A claim of a gateway that dies reaches a alone: whoever is refused because of it must have made it last.
    all.fate = (asked, node, from) => (from === dying.id && asked === 'accept' && node !== 'a' ? LOST : ON_TIME);
    void dying.registers.change(KEY, claim('ann'), REQUEST).catch(() => {});
    await clock.run(clock.sleep(3));
    dying.isDead = true;
    all.fate = (_asked, node) => (node === 'c' ? LOST : ON_TIME);
    expect(await clock.run(gateway.registers.change(KEY, claim('bob'), REQUEST))).toBe('refused, "ann" has it');
    all.fate = (_asked, node) => (node === 'a' ? LOST : ON_TIME);
    const third = all.gateway(owners());
    expect((await clock.run(third.registers.read(KEY, REQUEST))).value).toBe('ann');
  });

  test('replicas that missed a write are hinted to', async () => {
    const { world: all, clock, gateway } = world();
    all.fate = (asked, node) => (asked === 'accept' && node === 'b' ? LOST : ON_TIME);
    await clock.run(gateway.registers.change(KEY, append('x'), REQUEST));
    await clock.run(clock.sleep(200));
    expect(all.missed).toEqual([['b', KEY, ['a', 'c']]]);
  });

  test('what a decision throws goes to the caller, and the others of the queue go on', async () => {
    const { clock, gateway } = world();
    const failing: RegisterChange<string> = {
      id: 'failing',
      decide: () => {
        throw new RangeError('not like this');
      },
    };
    const results = await clock.run(
      Promise.allSettled([
        gateway.registers.change(KEY, append('x'), REQUEST),
        gateway.registers.change(KEY, failing, REQUEST),
        gateway.registers.change(KEY, append('y'), REQUEST),
      ]),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { message: 'not like this' } });
    expect((await clock.run(gateway.registers.read(KEY, REQUEST))).value).toEqual(['x', 'y']);
  });
});

describe('without a majority', () => {
  test('I27: nothing is changed, and the client hears that', async () => {
    const { world: all, clock, gateway } = world();
    for (const id of ['a', 'b']) all.acceptor(id).isDown = true;
    await expect(clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).rejects.toMatchObject({
      code: 'QUORUM_NOT_MET',
    });
    await expect(clock.run(gateway.registers.read(KEY, REQUEST))).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
    await expect(clock.run(gateway.registers.read(KEY, { ...REQUEST, settle: true }))).rejects.toMatchObject({
      code: 'QUORUM_NOT_MET',
    });
    expect(all.acceptor('c').register(KEY).value).toBeNull();
  });

  test('I28: nodes that lost data have no vote, and do not count', async () => {
    const { world: all, clock, gateway } = world();
    all.acceptor('a').isIncomplete = true;
    expect(await clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).toBe(0);
    all.acceptor('b').isIncomplete = true;
    const other = all.gateway(owners());
    await expect(clock.run(other.registers.change(KEY, append('y'), REQUEST))).rejects.toMatchObject({
      code: 'QUORUM_NOT_MET',
    });
    await expect(clock.run(gateway.registers.read(KEY, REQUEST))).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
  });

  test('I26: a change that was sent and of which nothing is heard is unknown, at its deadline', async () => {
    const { world: all, clock } = world();
    const gateway = all.gateway(owners(), { claimTimeoutMs: 1_000 });
    all.fate = (asked) => (asked === 'accept' ? ANSWER_LOST : all.sent.accept > 0 ? LOST : ON_TIME);
    await expect(clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(clock.monotonicMs()).toBeCloseTo(1_000, -2);
    expect(gateway.unknownOutcomes).toBe(1);
    // It was made; asked again with the same id it brings its result.
    all.fate = () => ON_TIME;
    expect(await clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).toBe(0);
    expect((await clock.run(gateway.registers.read(KEY, REQUEST))).value).toEqual(['x']);
  });

  test('I26: a change whose time was up before it was sent is not sent afterwards', async () => {
    const { world: all, clock } = world();
    const gateway = all.gateway(owners(), { claimTimeoutMs: 100 });
    // Nobody hears the first prepare. The second one is answered when the time is up.
    all.fate = (asked) => {
      if (asked !== 'prepare') return ON_TIME;
      return all.sent.prepare <= 3 ? LOST : { arrivalsMs: [45], answerMs: 3 };
    };
    await expect(clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).rejects.toMatchObject({
      code: 'QUORUM_NOT_MET',
    });
    await clock.run(clock.sleep(200));
    expect((await clock.run(gateway.registers.read(KEY, REQUEST))).value).toBeNull();
  });

  test('who waits behind others when there are too many is turned away', async () => {
    const { world: all, clock } = world();
    const gateway = all.gateway(owners(), { claimTimeoutMs: 1_000 });
    all.fate = () => LOST;
    const changes = Array.from({ length: WAITING_FOR_ONE_MAX + 1 }, (_, index) =>
      gateway.registers.change(KEY, append(`x${index}`), REQUEST),
    );
    const results = await clock.run(Promise.allSettled(changes));
    expect(results.at(-1)).toMatchObject({ reason: { code: 'OVERLOADED' } });
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(clock.monotonicMs()).toBeLessThan(1_100);
    // Nobody is left behind: there is room again.
    all.fate = () => ON_TIME;
    expect(await clock.run(gateway.registers.change(KEY, append('y'), REQUEST))).toBe(0);
  });
});
