/*
 * Disks that fill up, turn read-only or fail: what could not be written was never there, reads go on, and
 * the engine goes on by itself, except after a failed flush.
 */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import {
  addToProduct,
  createEngineWorld,
  DATA_DIR,
  quantityOf,
  until,
  type EngineWorld,
} from '../testing/engine-world.ts';
import { diskError } from '../testing/memory-disk.ts';

const PROBE_INTERVAL_MS = 2000;
const READ_ONLY = { code: 'READ_ONLY' };
const FAILED = { code: 'ENGINE_FAILED' };

async function add(engine: Engine, key: string, quantity = 1): Promise<string> {
  const { record } = await engine.change(key, addToProduct(quantity), undefined);
  return record;
}

/** Lets probes run until the engine takes writes again. */
async function recovers(world: EngineWorld, engine: Engine): Promise<void> {
  await until(() => {
    world.clock.advance(PROBE_INTERVAL_MS);
    return engine.statistics.readOnlyReason === undefined;
  });
}

function failWrites(world: EngineWorld, code: string): void {
  world.medium.fault = (operation, path) =>
    operation === 'append' || operation === 'create' ? diskError(code, path) : undefined;
}

describe('a disk that takes no writes', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG', 'EIO'])(
    '%s: takes back what is pending, reads on, and recovers',
    async (code) => {
      const world = createEngineWorld();
      const engine = await world.open();
      const kept = await add(engine, 'product:fig', 5);
      failWrites(world, code);
      const failing = Array.from(
        { length: 20 },
        async (_, index) => await add(engine, `product:${index % 3 === 0 ? 'fig' : index}`),
      );
      const reading = engine.readRecord('product:fig');
      const scanning = engine.scan('product:', undefined, 100);
      for (const result of await Promise.allSettled(failing))
        expect(result).toMatchObject({ status: 'rejected', reason: READ_ONLY });
      expect((await reading).value).toBe(kept);
      expect((await scanning).entries).toEqual([['product:fig', kept]]);
      expect(engine.statistics).toMatchObject({ records: 1, readOnlyReason: expect.stringContaining(code) });
      await expect(add(engine, 'product:fig')).rejects.toMatchObject(READ_ONLY);
      await expect(engine.merge('product:pear', kept)).rejects.toMatchObject(READ_ONLY);
      expect(await engine.merge('product:fig', kept)).toBe(false);
      world.medium.fault = undefined;
      await recovers(world, engine);
      await add(engine, 'product:fig', 2);
      expect(await quantityOf(engine, 'product:fig')).toBe(7);
      world.medium.crash('nothing');
      const again = await world.open();
      expect(again.recovery).toMatchObject({ doubts: [], records: 1, tornBytes: 0 });
      expect(await quantityOf(again, 'product:fig')).toBe(7);
    },
  );

  it('ENOSPC in the middle of a group leaves nothing of it, on any length', async () => {
    for (let freeBytes = 0; freeBytes < 350; freeBytes += 17) {
      const world = createEngineWorld();
      const engine = await world.open();
      await add(engine, 'product:fig', 5);
      world.medium.freeBytes = freeBytes;
      const results = await Promise.allSettled(
        ['fig', 'pear', 'kiwi', 'plum'].map(async (name) => await add(engine, `product:${name}`)),
      );
      for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: READ_ONLY });
      expect(await quantityOf(engine, 'product:fig')).toBe(5);
      expect(await quantityOf(engine, 'product:pear')).toBeUndefined();
      world.medium.freeBytes = Number.POSITIVE_INFINITY;
      await recovers(world, engine);
      await add(engine, 'product:pear', 9);
      world.medium.crash('nothing');
      const again = await world.open();
      expect(await quantityOf(again, 'product:fig')).toBe(5);
      expect(await quantityOf(again, 'product:pear')).toBe(9);
      expect(again.recovery).toMatchObject({ doubts: [], records: 2 });
    }
  });

  it('a segment that cannot be cut back is followed by one that says where it ends', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await add(engine, 'product:fig', 5);
    world.medium.fault = (operation, path) =>
      operation === 'append' || operation === 'truncate' || operation === 'create' ? diskError('EIO', path) : undefined;
    const lost = ['fig', 'pear', 'kiwi'].map(async (name) => await add(engine, `product:${name}`));
    // A restart could find them now: that they were not done is not said, unlike of what comes later.
    for (const result of await Promise.allSettled(lost)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'WRITE_FAILED' } });
    }
    await expect(add(engine, 'product:plum')).rejects.toMatchObject(READ_ONLY);
    world.medium.fault = undefined;
    await recovers(world, engine);
    // The same dot again, with another value.
    const record = await add(engine, 'product:fig', 30);
    world.medium.crash('everything');
    const again = await world.open();
    expect((await again.readRecord('product:fig')).value).toBe(record);
    expect(again.recovery).toMatchObject({ doubts: [], records: 1 });
  });

  it('stays read-only while a probe fails, and leaves no half-made segments', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    failWrites(world, 'ENOSPC');
    await expect(add(engine, 'product:fig')).rejects.toMatchObject(READ_ONLY);
    for (let probe = 0; probe < 5; probe++) {
      const { operations } = world.medium;
      world.clock.advance(PROBE_INTERVAL_MS);
      await until(() => world.medium.operations > operations);
      await new Promise<void>((resolve) => setImmediate(resolve));
      expect(engine.statistics.readOnlyReason).toContain('ENOSPC');
    }
    expect(world.medium.files().filter((path) => path.includes('/journal/'))).toHaveLength(1);
  });

  it('takes no checkpoint, and closes without one', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await add(engine, 'product:fig', 5);
    failWrites(world, 'EROFS');
    await expect(add(engine, 'product:fig')).rejects.toMatchObject(READ_ONLY);
    await expect(engine.checkpoint()).rejects.toMatchObject(READ_ONLY);
    await engine.close();
    world.medium.fault = undefined;
    expect(await quantityOf(await world.open(), 'product:fig')).toBe(5);
  });

  it('a checkpoint that finds no room is tried again later; writes go on', async () => {
    const world = createEngineWorld();
    const engine = await world.open({ checkpointJournalBytes: 500, checkpointRetryMs: 1000 });
    world.medium.fault = (operation, path) =>
      operation === 'append' && path.includes('/pg/') ? diskError('ENOSPC', path) : undefined;
    for (let index = 0; index < 30; index++) await add(engine, `product:${index}`);
    expect(engine.statistics).toMatchObject({ checkpoints: 0, readOnlyReason: undefined });
    expect(world.medium.files().filter((path) => path.endsWith('.tmp'))).toEqual([]);
    world.medium.fault = undefined;
    await until(() => {
      world.clock.advance(1000);
      return engine.statistics.checkpoints > 0;
    });
    world.medium.crash('nothing');
    expect((await world.open()).recovery).toMatchObject({ records: 30, doubts: [] });
  });

  it('what a failed checkpoint should have written, the next one writes', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await add(engine, 'product:fig', 5);
    world.medium.fault = (operation, path) =>
      operation === 'create' && path.includes('checkpoint.json') ? diskError('ENOSPC', path) : undefined;
    await expect(engine.checkpoint()).rejects.toThrow('ENOSPC');
    world.medium.fault = undefined;
    for (const path of world.medium.files().filter((file) => file.includes('/pg/'))) world.medium.delete(path);
    await engine.checkpoint();
    world.medium.crash('nothing');
    const again = await world.open();
    expect(again.recovery).toMatchObject({ journalEntries: 0, doubts: [] });
    expect(await quantityOf(again, 'product:fig')).toBe(5);
  });

  it('opens read-only on a full disk, and recovers', async () => {
    const world = createEngineWorld();
    const before = await world.open();
    await add(before, 'product:fig', 5);
    world.medium.crash('nothing');
    world.medium.freeBytes = 10;
    const engine = await world.open();
    expect(await quantityOf(engine, 'product:fig')).toBe(5);
    expect(engine.actor).toBe(before.actor);
    await expect(add(engine, 'product:fig')).rejects.toMatchObject(READ_ONLY);
    world.medium.freeBytes = Number.POSITIVE_INFINITY;
    await recovers(world, engine);
    await add(engine, 'product:fig');
    expect(await quantityOf(engine, 'product:fig')).toBe(6);
  });

  it('does not open, with a clear error, when it cannot record a new incarnation', async () => {
    const world = createEngineWorld();
    failWrites(world, 'EROFS');
    await expect(world.open()).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_UNUSABLE',
      message: expect.stringMatching(/cannot use the data directory \/data: .*EROFS/),
    });
  });

  it('markComplete says so, and leaves the group incomplete', async () => {
    const world = createEngineWorld();
    await add(await world.open(), 'product:fig');
    world.medium.crash('everything');
    world.medium.delete(`${DATA_DIR}/node.json`);
    const engine = await world.open();
    failWrites(world, 'ENOSPC');
    await expect(engine.markComplete([0])).rejects.toMatchObject(READ_ONLY);
    world.medium.fault = undefined;
    await Promise.all([0, 1, 2].map(async (pg) => await engine.markComplete([pg])));
    world.medium.crash('nothing');
    expect((await world.open()).recovery.incompleteGroups).toEqual([3]);
  });
});

/** Makes the flush of a file fail during `run`, and checks that the engine serves nothing from then on. */
async function expectEnd(run: (engine: Engine) => Promise<unknown>, pathPart: string): Promise<void> {
  const world = createEngineWorld();
  const fatal: Error[] = [];
  const engine = await world.open({ onFatal: (error) => void fatal.push(error) });
  await add(engine, 'product:fig', 5);
  world.medium.fault = (operation, path) =>
    operation === 'sync' && path.includes(pathPart) ? diskError('EIO', path) : undefined;
  await expect(run(engine)).rejects.toThrow(/flush|failed/);
  await until(() => fatal.length > 0);
  world.medium.fault = undefined;
  const { syncs } = world.medium;
  await expect(engine.readRecord('product:fig')).rejects.toMatchObject(FAILED);
  await expect(engine.readContext('product:pear')).rejects.toMatchObject(FAILED);
  await expect(engine.scan('', undefined, 1)).rejects.toMatchObject(FAILED);
  await expect(add(engine, 'product:fig')).rejects.toMatchObject(FAILED);
  await expect(engine.merge('product:fig', '')).rejects.toMatchObject(FAILED);
  await expect(engine.checkpoint()).rejects.toMatchObject(FAILED);
  await expect(engine.markComplete([0])).rejects.toMatchObject(FAILED);
  world.clock.advance(60_000);
  await engine.close();
  expect(fatal).toHaveLength(1);
  expect(fatal[0]).toMatchObject(FAILED);
  expect(world.medium.syncs).toBe(syncs);
  world.medium.crash('nothing');
  expect(await quantityOf(await world.open(), 'product:fig')).toBe(5);
}

describe('a failed flush', () => {
  // oxlint-disable vitest/expect-expect -- expectEnd expects
  it('of the journal is the end of the engine', async () => {
    await expectEnd(async (engine) => await add(engine, 'product:fig'), '/journal/');
  });

  it.each(['/pg/', 'checkpoint.json', 'node.json'])('of %s is the end of the engine', async (pathPart) => {
    await expectEnd(async (engine) => await engine.checkpoint(), pathPart);
  });

  it('rejects everyone who waits for it, and shows nobody what it may have lost', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await add(engine, 'product:fig', 5);
    world.medium.fault = (operation, path) => (operation === 'sync' ? diskError('EIO', path) : undefined);
    const waiting: Promise<unknown>[] = Array.from({ length: 10 }, async () => await add(engine, 'product:fig'));
    waiting.push(engine.readRecord('product:fig'), engine.scan('', undefined, 1));
    for (const result of await Promise.allSettled(waiting))
      expect(result).toMatchObject({ status: 'rejected', reason: FAILED });
  });
});
