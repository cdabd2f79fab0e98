/*
 * The engine as the rest of the node sees it, on a disk that works.
 */
import { describe, expect, it } from 'vitest';
import {
  decodeRecord,
  encodeRecord,
  emptyRecord,
  merge,
  productOf,
  userOf,
  write,
  type RecordText,
} from '@trolley/records';
import type { Engine } from '../engine.ts';
import { diskError } from '../testing/memory-disk.ts';
import {
  addToCart,
  addToProduct,
  createEngineWorld,
  createUser,
  DATA_DIR,
  groupOfKey,
  PG_COUNT,
  type EngineWorld,
} from '../testing/engine-world.ts';

const HOSTILE_KEYS = [
  'product:__proto__',
  'product:constructor',
  'product:🍎',
  'product:\u0000\n"\\',
  'product:half \ud83c',
  'product:half \udf4e',
  `product:${'x'.repeat(8000)}`,
  'product:',
  'user:a@x',
];

/** Holds every flush until it is let go. */
function holdSyncs(world: EngineWorld): { waiting: () => number; release: () => void } {
  let held: (() => void)[] = [];
  world.medium.beforeSync = async () => await new Promise<void>((resolve) => held.push(resolve));
  return {
    waiting: () => held.length,
    release: () => {
      world.medium.beforeSync = undefined;
      for (const go of held) go();
      held = [];
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Whether a promise settles without more disk flushes. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  return !settled;
}

async function quantityOf(engine: Engine, key: string): Promise<number | undefined> {
  const { value } = await engine.readRecord(key);
  return value === undefined ? undefined : productOf(decodeRecord(value))?.quantity;
}

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
  it('readers, mergers, the refused and scans wait for the flush', async () => {
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

describe('hostile keys', () => {
  it('are kept apart, through journal and placement group files', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    for (const [index, key] of HOSTILE_KEYS.entries()) await engine.change(key, addToProduct(index + 1), undefined);
    world.medium.crash('nothing');
    const fromJournal = await world.open();
    for (const [index, key] of HOSTILE_KEYS.entries()) expect(await quantityOf(fromJournal, key)).toBe(index + 1);
    await fromJournal.close();
    const fromFiles = await world.open();
    expect(fromFiles.recovery).toMatchObject({ journalEntries: 0, records: HOSTILE_KEYS.length });
    for (const [index, key] of HOSTILE_KEYS.entries()) expect(await quantityOf(fromFiles, key)).toBe(index + 1);
  });

  it('are refused when they are too long to be stored', async () => {
    const engine = await createEngineWorld().open();
    await expect(engine.change('x'.repeat(9000), addToProduct(1), undefined)).rejects.toMatchObject({
      code: 'INVALID_KEY',
    });
    expect(engine.statistics.records).toBe(0);
  });
});

describe('checkpoints', () => {
  it('happen by themselves when the journal has grown, and let writes go on', async () => {
    const world = createEngineWorld();
    const engine = await world.open({ checkpointJournalBytes: 5000, checkpointSliceRecords: 1 });
    for (let index = 0; index < 200; index++) {
      await Promise.all(
        [1, 2, 3].map(async (fig) => await engine.change(`product:${index % 40}`, addToProduct(fig), undefined)),
      );
    }
    await until(() => engine.statistics.checkpoints > 1 && engine.statistics.journalBytes < 5000);
    world.medium.crash('nothing');
    const again = await world.open();
    expect(again.recovery.doubts).toEqual([]);
    for (let index = 0; index < 40; index++) expect(await quantityOf(again, `product:${index}`)).toBe(30);
  });

  it('write only what changed', async () => {
    const world = createEngineWorld();
    const engine = await world.open({ pgCount: 64 });
    for (let index = 0; index < 100; index++) await engine.change(`product:${index}`, addToProduct(1), undefined);
    await engine.checkpoint();
    await engine.change('product:1', addToProduct(1), undefined);
    const { syncs } = world.medium;
    await engine.checkpoint();
    // The new segment with its folder and node.json, one group file, its folder, the manifest.
    expect(world.medium.syncs - syncs).toBe(8);
  });

  it('are one at a time, and whoever asks meanwhile gets the next', async () => {
    const engine = await createEngineWorld().open();
    await engine.change('product:fig', addToProduct(1), undefined);
    await Promise.all(Array.from({ length: 5 }, async () => await engine.checkpoint()));
    expect(engine.statistics.checkpoints).toBe(2);
  });

  it('leave out what is not yet on disk, and the next one has it', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const { record } = await engine.change('product:fig', addToProduct(1), undefined);
    const groupFile = `${DATA_DIR}/pg/0000${groupOfKey('product:fig')}.json`;
    // A change is put when its group's file is about to be written, and its flush is held until after the checkpoint.
    const changes: Promise<unknown>[] = [];
    const held: (() => void)[] = [];
    world.medium.fault = (operation, path) => {
      if (operation === 'create' && path === `${groupFile}.tmp`) {
        changes.push(engine.change('product:fig', addToProduct(1), undefined));
      }
      return undefined;
    };
    world.medium.beforeSync = async (path) => {
      if (path.endsWith('.log') && changes.length > 0) await new Promise<void>((resolve) => held.push(resolve));
    };
    await engine.checkpoint();
    await until(() => held.length > 0);
    const file: unknown = JSON.parse(world.medium.contents(groupFile).toString());
    expect(file).toMatchObject({ records: [['product:fig', record]] });
    world.medium.beforeSync = undefined;
    world.medium.fault = undefined;
    for (const release of held) release();
    await Promise.all(changes);
    await engine.checkpoint();
    world.medium.crash('nothing');
    const again = await world.open();
    expect(again.recovery).toMatchObject({ journalEntries: 0, doubts: [] });
    expect(await quantityOf(again, 'product:fig')).toBe(2);
  });

  it('have what a flush brought to disk while they waited for it', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await engine.change('product:fig', addToProduct(1), undefined);
    const other = ['product:a', 'product:b', 'product:c', 'product:d'].find(
      (key) => groupOfKey(key) !== groupOfKey('product:fig'),
    );
    const held = holdSyncs(world);
    const change = engine.change(other ?? '', addToProduct(2), undefined);
    await until(() => held.waiting() === 1);
    const checkpoint = engine.checkpoint();
    held.release();
    await Promise.all([change, checkpoint]);
    world.medium.crash('nothing');
    expect(await quantityOf(await world.open(), other ?? '')).toBe(2);
  });

  it('have the durable value of a key whose next one is already under way', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const held = holdSyncs(world);
    const first = engine.change('product:fig', addToProduct(1), undefined);
    await until(() => held.waiting() === 1);
    const second = engine.change('product:fig', addToProduct(1), undefined).catch(() => undefined);
    const checkpoint = engine.checkpoint();
    let appends = 0;
    world.medium.fault = (operation, path) => {
      if (operation !== 'append' || !path.endsWith('2.log')) return undefined;
      appends += 1;
      // After the header of the new segment: the second change never gets to the disk.
      return appends > 1 ? diskError('EIO', path) : undefined;
    };
    held.release();
    await Promise.all([first, second]);
    world.medium.fault = undefined;
    await checkpoint;
    world.medium.crash('nothing');
    expect(await quantityOf(await world.open(), 'product:fig')).toBe(1);
  });

  it('leave files that are plain JSON', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const { record } = await engine.change('product:fig', addToProduct(1), undefined);
    await engine.close();
    const path = world.medium.files().find((file) => file.includes('/pg/')) ?? '';
    expect(JSON.parse(world.medium.contents(path).toString())).toMatchObject({
      format: 1,
      pg: Number(path.slice(-10, -5)),
      checkpoint: 1,
      records: [['product:fig', record]],
      count: 1,
    });
  });
});

describe('opening and closing', () => {
  it('makes up an id when none is given, and keeps it', async () => {
    const world = createEngineWorld();
    const engine = await world.open({ nodeId: undefined });
    expect(engine.nodeId).toMatch(/^node-[0-9a-f]{8}$/);
    await engine.close();
    const again = await world.open({ nodeId: undefined });
    expect([again.nodeId, again.actor]).toEqual([engine.nodeId, engine.actor]);
  });

  it.each(['', 'Node-A', 'a/b', '-a', 'a'.repeat(64)])('refuses the id %j', async (nodeId) => {
    await expect(createEngineWorld().open({ nodeId })).rejects.toThrow('node id');
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d placement groups', async (pgCount) => {
    await expect(createEngineWorld().open({ pgCount })).rejects.toThrow('placement groups');
  });

  it('files records anew for another number of placement groups', async () => {
    const world = createEngineWorld();
    let engine = await world.open();
    for (let index = 0; index < 50; index++)
      await engine.change(`product:${index}`, addToProduct(index + 1), undefined);
    await engine.close();
    for (const pgCount of [16, 3, PG_COUNT]) {
      engine = await world.open({ pgCount });
      expect(engine.recovery.records).toBe(50);
      await engine.close();
      const files = world.medium.files().filter((file) => file.includes('/pg/'));
      expect(files.length).toBeLessThanOrEqual(pgCount);
    }
    engine = await world.open();
    expect(engine.recovery.doubts).toEqual([]);
    for (let index = 0; index < 50; index++) expect(await quantityOf(engine, `product:${index}`)).toBe(index + 1);
  });

  it('closes once, with a last checkpoint, and serves no more', async () => {
    const world = createEngineWorld();
    let released = 0;
    const engine = await world.open({ lock: async () => ({ release: async () => void (released += 1) }) });
    const change = engine.change('product:fig', addToProduct(1), undefined);
    await until(() => engine.statistics.records === 1);
    await Promise.all([engine.close(), engine.close()]);
    await engine.close();
    expect((await change).type).toBe('applied');
    expect(released).toBe(1);
    const closed = { code: 'ENGINE_CLOSED' };
    await expect(engine.readRecord('product:fig')).rejects.toMatchObject(closed);
    await expect(engine.scan('', undefined, 1)).rejects.toMatchObject(closed);
    await expect(engine.change('product:fig', addToProduct(1), undefined)).rejects.toMatchObject(closed);
    await expect(engine.merge('product:fig', textOf('b.000000', 1))).rejects.toMatchObject(closed);
    await expect(engine.checkpoint()).rejects.toMatchObject(closed);
    await expect(engine.markComplete([0])).rejects.toMatchObject(closed);
    expect((await world.open()).recovery).toMatchObject({ records: 1, journalEntries: 0 });
  });

  it('writes no checkpoint at the end when nothing changed', async () => {
    const world = createEngineWorld();
    await (await world.open()).close();
    const before = world.medium.contents(`${DATA_DIR}/checkpoint.json`);
    for (let restart = 0; restart < 10; restart++) await (await world.open()).close();
    expect(world.medium.contents(`${DATA_DIR}/checkpoint.json`)).toEqual(before);
    for (let restart = 0; restart < 50; restart++) await (await world.open()).close();
    expect(world.medium.files().length).toBeLessThan(25);
  });

  it('lets go of the lock when opening fails', async () => {
    const world = createEngineWorld();
    let released = 0;
    await (await world.open()).close();
    const lock = async () => ({ release: async () => void (released += 1) });
    await expect(world.open({ nodeId: 'node-b', lock })).rejects.toMatchObject({ code: 'NODE_ID_MISMATCH' });
    expect(released).toBe(1);
  });
});
