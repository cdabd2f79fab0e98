/*
 * The engine as the rest of the node sees it, on a disk that works.
 */
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord, emptyRecord, merge, userOf, write, type RecordText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import {
  addToCart,
  addToProduct,
  createEngineWorld,
  createUser,
  holdSyncs,
  isPending,
  quantityOf,
  until,
} from '../testing/engine-world.ts';

function textOf(actor: string, quantity: number): RecordText {
  return encodeRecord(write(emptyRecord, actor, [['quantity', quantity]]));
}

describe('changes', () => {
  it('are applied under dots of the incarnation, and found again after a restart', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    expect(engine.actor).toMatch(/^node-a\.[0-9a-z]{6}$/);
    const applied = await engine.change('product:fig', addToProduct(3), undefined);
    expect(applied.type).toBe('applied');
    expect([...decodeRecord(applied.record).context]).toEqual([[engine.actor, 1]]);
    await engine.close();
    const again = await world.open();
    expect(again.actor).toBe(engine.actor);
    expect(await again.readRecord('product:fig')).toEqual({ value: applied.record, incomplete: false });
  });

  it('are applied to what base taught', async () => {
    const engine = await createEngineWorld().open();
    await engine.change('product:fig', addToProduct(3), textOf('other.000000', 4));
    expect(await quantityOf(engine, 'product:fig')).toBe(7);
  });

  it('keep what base taught also when they do nothing themselves', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const user = await engine.change('user:a@x', createUser, undefined);
    const elsewhere = encodeRecord(write(decodeRecord(user.record), 'other.000000', [['line:fig', 2]]));
    const removal = { action: { type: 'remove-from-cart', names: ['pear'] } } as const;
    const unchanged = await engine.change('user:a@x', removal, elsewhere);
    expect(unchanged).toMatchObject({ type: 'unchanged', record: elsewhere });
    world.medium.crash('nothing');
    expect((await (await world.open()).readRecord('user:a@x')).value).toBe(elsewhere);
  });

  it('write nothing when they are refused or change nothing', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await engine.change('user:a@x', createUser, undefined);
    const { syncs } = world.medium;
    expect(await engine.change('user:a@x', createUser, undefined)).toMatchObject({
      type: 'refused',
      code: 'USER_EXISTS',
    });
    expect(await engine.change('user:b@x', addToCart('fig', 1), undefined)).toMatchObject({ code: 'USER_NOT_FOUND' });
    expect(world.medium.syncs).toBe(syncs);
    expect(await engine.readRecord('user:b@x')).toEqual({ value: undefined, incomplete: false });
    expect(engine.statistics.records).toBe(1);
  });

  it('of one key at the same time are all applied', async () => {
    const engine = await createEngineWorld().open();
    await engine.change('user:a@x', createUser, undefined);
    await Promise.all(
      Array.from({ length: 64 }, async () => await engine.change('user:a@x', addToCart('fig', 1), undefined)),
    );
    const { value } = await engine.readRecord('user:a@x');
    expect(userOf(decodeRecord(value ?? ''))?.cart.get('fig')).toBe(64);
  });

  it('reject a base that is no record, and have changed nothing', async () => {
    const engine = await createEngineWorld().open();
    await expect(engine.change('product:fig', addToProduct(1), 'nonsense')).rejects.toMatchObject({
      name: 'MalformedRecordError',
    });
    await expect(engine.merge('product:fig', 'nonsense')).rejects.toMatchObject({ name: 'MalformedRecordError' });
    expect(await engine.readRecord('product:fig')).toMatchObject({ value: undefined });
  });
});

describe('merging', () => {
  it('says whether anything was learnt, and writes nothing when not', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const older = textOf('other.000000', 4);
    const newer = encodeRecord(write(decodeRecord(older), 'other.000000', [['quantity', 5]]));
    expect(await engine.merge('product:fig', newer)).toBe(true);
    const { syncs } = world.medium;
    expect(await engine.merge('product:fig', newer)).toBe(false);
    expect(await engine.merge('product:fig', older)).toBe(false);
    expect(world.medium.syncs).toBe(syncs);
    expect(await quantityOf(engine, 'product:fig')).toBe(5);
  });

  it('keeps siblings of both sides', async () => {
    const engine = await createEngineWorld().open();
    const [one, other] = [textOf('b.000000', 2), textOf('c.000000', 3)];
    await engine.merge('product:fig', one);
    await engine.merge('product:fig', other);
    const merged = encodeRecord(merge(decodeRecord(one), decodeRecord(other)));
    expect((await engine.readRecord('product:fig')).value).toBe(merged);
    expect(await quantityOf(engine, 'product:fig')).toBe(2);
  });
});

describe('group commit', () => {
  it('brings many concurrent changes to disk with two flushes', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const held = holdSyncs(world);
    const first = engine.change('product:0', addToProduct(1), undefined);
    await until(() => held.waiting() === 1);
    const { syncs } = world.medium;
    const rest = Array.from(
      { length: 500 },
      async (_, index) => await engine.change(`product:${index}`, addToProduct(1), undefined),
    );
    await isPending(first);
    held.release();
    await Promise.all([first, ...rest]);
    expect(world.medium.syncs - syncs).toBe(1);
    expect(engine.statistics).toMatchObject({ commits: 2, committedEntries: 501, records: 500 });
  });

  it('brings changes of the same turn to disk with one flush', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const { syncs } = world.medium;
    const keys = Array.from({ length: 64 }, (_, index) => `product:${index}`);
    await Promise.all(keys.map(async (key) => await engine.change(key, addToProduct(1), undefined)));
    expect(world.medium.syncs - syncs).toBe(1);
  });

  it('bounds what waits: further changes hold until there is room', async () => {
    const world = createEngineWorld();
    const engine = await world.open({ pendingBytesMax: 2000 });
    const held = holdSyncs(world);
    const changes = Array.from(
      { length: 500 },
      async (_, index) => await engine.change(`product:${index}`, addToProduct(1), undefined),
    );
    await until(() => held.waiting() === 1);
    expect(engine.statistics.records).toBeLessThan(30);
    held.release();
    await Promise.all(changes);
    expect(engine.statistics.records).toBe(500);
  });

  it('goes on in a new segment when one is long enough', async () => {
    const world = createEngineWorld();
    const engine = await world.open({ journalSegmentBytes: 1000 });
    for (let index = 0; index < 50; index++) await engine.change(`product:${index}`, addToProduct(1), undefined);
    const segments = world.medium.files().filter((path) => path.includes('/journal/'));
    expect(segments.length).toBeGreaterThan(3);
    for (const segment of segments) expect(world.medium.contents(segment).length).toBeLessThan(1300);
    world.medium.crash('nothing');
    expect((await world.open()).recovery).toMatchObject({ records: 50, journalEntries: 50, doubts: [] });
  });
});

describe('nobody is shown what is not on disk', () => {
  it('I10: readers, mergers, the refused and scans wait for the flush', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const held = holdSyncs(world);
    const change = engine.change('user:a@x', createUser, undefined);
    await until(() => held.waiting() === 1);
    const waiting: Promise<unknown>[] = [
      change,
      engine.readRecord('user:a@x'),
      engine.readContext('user:a@x'),
      engine.change('user:a@x', createUser, undefined),
      engine.scan('user:', undefined, 10),
    ];
    for (const promise of waiting) expect(await isPending(promise)).toBe(true);
    expect(await isPending(engine.readRecord('user:b@x'))).toBe(false);
    expect(await isPending(engine.scan('product:', undefined, 10))).toBe(false);
    held.release();
    const [applied, read, , refused] = await Promise.all(waiting);
    expect(read).toMatchObject({ value: (await change).record });
    expect([applied, refused]).toMatchObject([{ type: 'applied' }, { type: 'refused' }]);
  });

  it('merging a text that is equal to a pending one waits', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const held = holdSyncs(world);
    const text = textOf('b.000000', 2);
    const first = engine.merge('product:fig', text);
    await until(() => held.waiting() === 1);
    const second = engine.merge('product:fig', text);
    expect(await isPending(second)).toBe(true);
    held.release();
    expect(await Promise.all([first, second])).toEqual([true, false]);
  });

  it('a busy key does not starve its readers', async () => {
    const engine = await createEngineWorld().open();
    void engine.change('product:fig', addToProduct(1), undefined);
    const reading = Promise.all([1, 2, 3].map(async () => await engine.readRecord('product:fig')));
    const state = { isReading: true };
    void reading.then(() => (state.isReading = false));
    let writes = 0;
    while (state.isReading && writes < 1000) {
      await Promise.all([1, 2, 3].map(async () => await engine.change('product:fig', addToProduct(1), undefined)));
      writes += 1;
    }
    expect(writes).toBeLessThan(100);
  });
});

async function engineWithKeys(): Promise<Engine> {
  const engine = await createEngineWorld().open();
  for (const key of ['user:b', 'product:b', 'product:a', 'productx', 'product:c', 'prod']) {
    await engine.merge(key, textOf('b.000000', 1));
  }
  return engine;
}

describe('scans', () => {
  it('give the keys of a prefix in order, and say whether there are more', async () => {
    const engine = await engineWithKeys();
    const keysOf = async (prefix: string, after: string | undefined, limit: number): Promise<[string[], boolean]> => {
      const { entries, more } = await engine.scan(prefix, after, limit);
      return [entries.map(([key]) => key), more];
    };
    expect(await keysOf('product:', undefined, 10)).toEqual([['product:a', 'product:b', 'product:c'], false]);
    expect(await keysOf('product:', undefined, 2)).toEqual([['product:a', 'product:b'], true]);
    expect(await keysOf('product:', 'product:b', 2)).toEqual([['product:c'], false]);
    expect(await keysOf('product:', 'product:bb', 1)).toEqual([['product:c'], false]);
    expect(await keysOf('product:', 'a', 1)).toEqual([['product:a'], true]);
    expect(await keysOf('product:', 'product:c', 5)).toEqual([[], false]);
    expect(await keysOf('product:', 'user:a', 5)).toEqual([[], false]);
    expect(await keysOf('', undefined, 10)).toEqual([
      ['prod', 'product:a', 'product:b', 'product:c', 'productx', 'user:b'],
      false,
    ]);
  });

  it('include tombstones', async () => {
    const engine = await createEngineWorld().open();
    await engine.change('product:fig', addToProduct(1), undefined);
    await engine.change('product:fig', { action: { type: 'delete-product' } }, undefined);
    expect((await engine.scan('product:', undefined, 10)).entries).toHaveLength(1);
  });
});
