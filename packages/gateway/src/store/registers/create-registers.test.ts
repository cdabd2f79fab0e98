import { describe, expect, test } from 'vitest';
import {
  jitter,
  KEY,
  REQUEST,
  LOST,
  ON_TIME,
  claim,
  append,
  listOf,
  owners,
  world,
} from '../../testing/register-cases.ts';
import type { RegisterChange, RegisterValue } from '../../registers.ts';
import { RegisterWorld } from '../../testing/register-world.ts';

describe('memory', () => {
  test('of changes is told by reads and to decisions, also once the register is released', async () => {
    const { clock, gateway } = world();
    const { registers } = gateway;
    await clock.run(registers.change(KEY, claim('ann'), REQUEST));
    const release = { id: 'release', decide: () => ({ type: 'write', value: null, result: 'gone' }) as const };
    await clock.run(registers.change(KEY, release, REQUEST));
    const { value, memory } = await clock.run(registers.read(KEY, REQUEST));
    expect([value, memory('claim-ann'), memory('release'), memory('other')]).toEqual([
      null,
      'taken',
      'gone',
      undefined,
    ]);
    const asking: RegisterChange<RegisterValue> = {
      id: 'asking',
      decide: (_, remembered) => ({ type: 'keep', result: remembered('claim-ann') ?? null }),
    };
    expect(await clock.run(registers.change(KEY, asking, REQUEST))).toBe('taken');
  });
});

describe('a change', () => {
  test('I26: is not begun for a request that has grown old', async () => {
    const { world: all, clock, gateway } = world();
    await clock.run(new Promise<void>((resolve) => void clock.after(20_000, resolve)));
    const sent = { ...all.sent };
    const askedMs = clock.monotonicMs() - 10_001;
    await expect(gateway.registers.change(KEY, claim('ann'), { ...REQUEST, askedMs })).rejects.toMatchObject({
      code: 'QUORUM_NOT_MET',
    });
    expect(all.sent).toEqual(sent);
    const late = { ...REQUEST, askedMs: clock.monotonicMs() - 9_000 };
    expect(await clock.run(gateway.registers.change(KEY, claim('ann'), late))).toBe('taken');
  });
});

describe('round trips', () => {
  test.each([1, 2, 3, 4, 5])('with %i replicas a first change takes two, the following take one', async (count) => {
    const { elapsed, gateway } = world(Array.from({ length: count }, (_, index) => `n${index}`));
    const change = (id: string) => elapsed(() => gateway.registers.change(KEY, append(id), REQUEST));
    expect(await change('x')).toEqual({ result: 0, roundTrips: 2 });
    expect(await change('y')).toEqual({ result: 1, roundTrips: 1 });
    expect(await change('z')).toEqual({ result: 2, roundTrips: 1 });
    expect(gateway.commits).toEqual({ prepared: 1, 'one-round-trip': 2 });
  });

  test('a read takes one, and writes nothing', async () => {
    const { world: all, elapsed, gateway } = world();
    await elapsed(() => gateway.registers.change(KEY, claim('ann'), REQUEST));
    const { prepare, accept } = all.sent;
    const { result, roundTrips } = await elapsed(() => gateway.registers.read(KEY, REQUEST));
    expect(result).toMatchObject({ value: 'ann', version: 1 });
    expect(roundTrips).toBe(1);
    expect(all.sent).toMatchObject({ prepare, accept });
  });

  test('a register that nobody has written to is read as null, in one', async () => {
    const { world: all, elapsed, gateway } = world();
    const { result, roundTrips } = await elapsed(() => gateway.registers.read(KEY, REQUEST));
    expect({ result, roundTrips }).toMatchObject({ result: { value: null, version: 0 }, roundTrips: 1 });
    expect(all.acceptor('a').registers.size).toBe(0);
  });

  test('a refusal takes one, and writes nothing, at the gateway that knows the register', async () => {
    const { world: all, elapsed, gateway } = world();
    await elapsed(() => gateway.registers.change(KEY, claim('ann'), REQUEST));
    const { accept } = all.sent;
    const { result, roundTrips } = await elapsed(() => gateway.registers.change(KEY, claim('bob'), REQUEST));
    expect({ result, roundTrips }).toEqual({ result: 'refused, "ann" has it', roundTrips: 1 });
    expect(all.sent.accept).toBe(accept);
    // Nor does it cost the promise for the next write.
    expect((await elapsed(() => gateway.registers.change(KEY, append('x'), REQUEST))).roundTrips).toBe(1);
  });

  test('changes that come together are made together, in the order in which they came', async () => {
    const { elapsed, gateway, world: all } = world();
    await elapsed(() => gateway.registers.change(KEY, append('first'), REQUEST));
    const ids = Array.from({ length: 40 }, (_, index) => `x${index}`);
    const { result, roundTrips } = await elapsed(() =>
      Promise.all(ids.map((id) => gateway.registers.change(KEY, append(id), REQUEST))),
    );
    expect(result).toEqual(ids.map((_, index) => index + 1));
    expect(roundTrips).toBeLessThan(6);
    const { value } = await all.clock.run(gateway.registers.read(KEY, REQUEST));
    expect(value).toEqual(['first', ...ids]);
  });
});

describe('two gateways', () => {
  test('I24: only one of them has a claim granted', async () => {
    const { world: all, clock, gateway } = world();
    const other = all.gateway(owners());
    const results = await clock.run(
      Promise.all([
        gateway.registers.change(KEY, claim('ann'), REQUEST),
        other.registers.change(KEY, claim('bob'), REQUEST),
      ]),
    );
    expect(results.filter((result) => result === 'taken')).toHaveLength(1);
  });

  test('a promise that another gateway overtook is not used', async () => {
    const { world: all, clock, gateway } = world();
    const other = all.gateway(owners());
    for (const [each, id] of [
      [gateway, 'x'],
      [other, 'y'],
      [gateway, 'z'],
      [other, 'w'],
    ] as const) {
      await clock.run(each.registers.change(KEY, append(id), REQUEST));
    }
    expect((await clock.run(gateway.registers.read(KEY, REQUEST))).value).toEqual(['x', 'y', 'z', 'w']);
  });

  test('a refusal that is no longer right is found out', async () => {
    const { world: all, clock, gateway } = world();
    const other = all.gateway(owners());
    await clock.run(gateway.registers.change(KEY, claim('ann'), REQUEST));
    await clock.run(
      other.registers.change(
        KEY,
        { id: 'release', decide: () => ({ type: 'write', value: null, result: 'ok' }) },
        REQUEST,
      ),
    );
    expect(await clock.run(gateway.registers.change(KEY, claim('bob'), REQUEST))).toBe('taken');
  });

  test('outbid each other for a while, and all get through', async () => {
    const all = new RegisterWorld(['a', 'b', 'c'], jitter());
    const gateways = Array.from({ length: 5 }, () => all.gateway(owners()));
    const ids = gateways.flatMap((gateway) =>
      [1, 2, 3, 4].map((count) => [gateway, `${gateway.id}-${count}`] as const),
    );
    await all.clock.run(Promise.all(ids.map(([gateway, id]) => gateway.registers.change(KEY, append(id), REQUEST))));
    const [first] = gateways;
    const read = await all.clock.run(first?.registers.read(KEY, REQUEST) ?? Promise.reject(new Error('no gateway')));
    expect(new Set(listOf(read.value))).toEqual(new Set(ids.map(([, id]) => id)));
    expect(listOf(read.value)).toHaveLength(ids.length);
    expect(all.clock.monotonicMs()).toBeLessThan(5_000);
  });
});

describe('reads while a write is on its way', () => {
  test('bring it to an end', async () => {
    const { world: all, clock, gateway } = world();
    const dying = all.gateway(owners());
    await clock.run(dying.registers.change(KEY, append('x'), REQUEST));
    all.fate = (asked, node, from) => (from === dying.id && asked === 'accept' && node !== 'a' ? LOST : ON_TIME);
    void dying.registers.change(KEY, append('y'), REQUEST).catch(() => {});
    await clock.run(clock.sleep(3));
    dying.isDead = true;
    const { value } = await clock.run(gateway.registers.read(KEY, { ...REQUEST, settle: true }));
    all.acceptor('a').isDown = true;
    expect((await clock.run(gateway.registers.read(KEY, REQUEST))).value).toEqual(value);
  });

  test('I27: a value that replicas hold only from hearsay is not taken for decided', async () => {
    const { world: all, clock, gateway } = world();
    const dying = all.gateway(owners());
    const slow = all.gateway(owners());
    // Ann's claim reaches a alone.
    all.fate = (asked, node, from) => (from === dying.id && asked === 'accept' && node !== 'a' ? LOST : ON_TIME);
    void dying.registers.change(KEY, claim('ann'), REQUEST).catch(() => {});
    await clock.run(clock.sleep(3));
    dying.isDead = true;
    // Bob's gateway has the promises of b and c, which know nothing of it, and its accepts take long.
    all.fate = (asked, node, from) => {
      if (from !== slow.id) return ON_TIME;
      if (node === 'a') return LOST;
      return asked === 'accept' ? { arrivalsMs: [10], answerMs: 1 } : ON_TIME;
    };
    const bob = slow.registers.change(KEY, claim('bob'), REQUEST);
    await clock.run(clock.sleep(5));
    // Then b hears of Ann's claim from a: two of three hold it now. Bob's write is about to pass over it.
    all.acceptor('b').hear(KEY, all.acceptor('a'));
    all.acceptor('c').isDown = true;
    const reading = gateway.registers.read(KEY, REQUEST);
    await clock.run(clock.sleep(3));
    all.acceptor('c').isDown = false;
    const [{ value }, outcome] = await clock.run(Promise.all([reading, bob]));
    const isTaken = outcome === 'taken';
    expect(value).toBe(isTaken ? 'bob' : 'ann');
    expect((await clock.run(gateway.registers.read(KEY, REQUEST))).value).toBe(value);
  });
});

describe('a change of the map', () => {
  test('between prepare and accept makes the attempt begin anew, at the new owners', async () => {
    const { world: all, clock, gateway } = world(['a', 'b', 'c', 'd']);
    gateway.owners = owners(['a', 'b', 'c']);
    let moved = false;
    all.fate = (asked) => {
      if (asked === 'prepare' && !moved) {
        moved = true;
        clock.after(
          1.5,
          () =>
            (gateway.owners = {
              epoch: 2,
              lists: [
                ['a', 'b', 'c'],
                ['b', 'c', 'd'],
              ],
            }),
        );
      }
      return ON_TIME;
    };
    expect(await clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).toBe(0);
    expect(all.sent.prepare).toBe(3 + 4);
    expect(all.sent.accept).toBe(4);
  });

  test('drops the promise that the old owners gave', async () => {
    const { world: all, clock, elapsed, gateway } = world(['a', 'b', 'c', 'd']);
    gateway.owners = owners(['a', 'b', 'c']);
    await clock.run(gateway.registers.change(KEY, append('x'), REQUEST));
    gateway.owners = {
      epoch: 2,
      lists: [
        ['a', 'b', 'c'],
        ['b', 'c', 'd'],
      ],
    };
    const { roundTrips } = await elapsed(() => gateway.registers.change(KEY, append('y'), REQUEST));
    expect(roundTrips).toBe(2);
    expect(all.acceptor('d').register(KEY).value).toContain('["x","y"]');
  });

  test('I27: needs a majority of the old owners and of the new', async () => {
    const { world: all, clock, gateway } = world(['a', 'b', 'c', 'd', 'e']);
    gateway.owners = {
      epoch: 2,
      lists: [
        ['a', 'b', 'c'],
        ['c', 'd', 'e'],
      ],
    };
    for (const id of ['d', 'e']) all.acceptor(id).isDown = true;
    await expect(clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).rejects.toMatchObject({
      code: 'QUORUM_NOT_MET',
    });
    all.acceptor('d').isDown = false;
    all.acceptor('a').isDown = true;
    expect(await clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).toBe(0);
    all.acceptor('b').isDown = true;
    // The promise of its last write lets it send the next at once: that one is now on c and d, and may yet be taken up.
    await expect(clock.run(gateway.registers.change(KEY, append('y'), REQUEST))).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
  });

  test('while it has not come here, nodes that know of it turn us away and nothing is changed', async () => {
    const { world: all, clock } = world();
    const gateway = all.gateway(owners(), { claimTimeoutMs: 500 });
    for (const acceptor of all.acceptors.values()) acceptor.epoch = 2;
    await expect(clock.run(gateway.registers.change(KEY, append('x'), REQUEST))).rejects.toMatchObject({
      code: 'QUORUM_NOT_MET',
    });
    const late = gateway.registers.change(KEY, append('y'), REQUEST);
    await clock.run(clock.sleep(100));
    gateway.owners = owners(['a', 'b', 'c'], 2);
    expect(await clock.run(late)).toBe(0);
  });
});
