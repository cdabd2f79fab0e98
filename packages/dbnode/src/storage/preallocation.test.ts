/*
 * A journal whose room is taken beforehand: what is behind its end is told from what a crash left, damage is noticed
 * wherever it is, and a disk without room for the next segment refuses writes and nothing else.
 */
import { describe, expect, it } from 'vitest';
import type { RecordText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import { addToProduct, createEngineWorld, DATA_DIR, quantityOf, until } from '../testing/engine-world.ts';
import { diskError, MemoryDisk } from '../testing/memory-disk.ts';
import { journalFiles } from '../testing/stored-directory.ts';

const SEGMENT_BYTES = 2000;
const SPARE = `${DATA_DIR}/journal/spare.tmp`;
const READ_ONLY = { code: 'READ_ONLY' };
const PROBE_INTERVAL_MS = 2000;

function createWorld(seed = 1, medium = new MemoryDisk()) {
  return createEngineWorld(seed, medium, { journalPreallocation: true, journalSegmentBytes: SEGMENT_BYTES });
}

async function add(engine: Engine, key: string, quantity = 1): Promise<RecordText> {
  const { record } = await engine.change(key, addToProduct(quantity), undefined);
  return record;
}

async function crashedWith(...keys: readonly string[]): Promise<{ medium: MemoryDisk; actor: string; path: string }> {
  const world = createWorld();
  const engine = await world.open();
  for (const key of keys) await add(engine, key);
  world.medium.crash('everything');
  return { medium: world.medium, actor: engine.actor, path: journalFiles(world.medium)[0] ?? '' };
}

/** Where what was written ends: behind it is nothing but zeros. */
function writtenBytes(content: Buffer): number {
  return content.findLastIndex((byte) => byte !== 0) + 1;
}

describe('a preallocated segment', () => {
  it('has its room from the beginning, and grows past it when a group needs more', async () => {
    const world = createWorld();
    const engine = await world.open();
    const path = journalFiles(world.medium)[0] ?? '';
    expect(world.medium.contents(path)).toHaveLength(SEGMENT_BYTES);
    await add(engine, 'product:fig');
    expect(world.medium.contents(path)).toHaveLength(SEGMENT_BYTES);
    await Promise.all(Array.from({ length: 40 }, async (_, index) => await add(engine, `product:${index}`)));
    expect(world.medium.contents(path).length).toBeGreaterThan(SEGMENT_BYTES);
    world.medium.crash('nothing');
    const again = await world.open();
    expect(again.recovery).toMatchObject({ doubts: [], journalEntries: 41, tornBytes: 0 });
  });

  it('is followed by one that was made ready meanwhile', async () => {
    const world = createWorld();
    const engine = await world.open();
    await until(() => world.medium.files().includes(SPARE));
    let created = 0;
    world.medium.fault = (operation, path) => {
      if (operation === 'create' && path !== SPARE && path.includes('/journal/')) created += 1;
      return undefined;
    };
    for (let fig = 0; fig < 60; fig++) await add(engine, 'product:fig');
    expect(journalFiles(world.medium).length).toBeGreaterThan(3);
    expect(created).toBe(0);
    world.medium.crash('nothing');
    const again = await world.open();
    expect(again.recovery.doubts).toEqual([]);
    expect(await quantityOf(again, 'product:fig')).toBe(60);
  });

  it('leaves no room taken when the engine is closed', async () => {
    const world = createWorld();
    const engine = await world.open();
    await add(engine, 'product:fig');
    await engine.close();
    expect(world.medium.files()).not.toContain(SPARE);
    for (const path of journalFiles(world.medium)) expect(world.medium.contents(path).length).toBeLessThan(300);
    expect((await world.open()).recovery.doubts).toEqual([]);
  });

  it('a spare one that a crash left behind is cleared away', async () => {
    const { medium } = await crashedWith('product:fig');
    medium.overwrite(SPARE, Buffer.alloc(77));
    const engine = await createWorld(2, medium).open();
    await engine.close();
    expect(medium.files()).not.toContain(SPARE);
  });
});

describe('damage of a preallocated segment', () => {
  it('by one bit anywhere, also where nothing was written, costs the incarnation', async () => {
    const stored = await crashedWith('product:fig', 'product:pear');
    const content = stored.medium.contents(stored.path);
    for (let at = 0; at < content.length; at += 3) {
      const medium = stored.medium.copy();
      const damaged = Buffer.from(content);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      medium.overwrite(stored.path, damaged);
      const engine = await createWorld(9, medium).open();
      expect(engine.actor, `at ${at}`).not.toBe(stored.actor);
      expect(engine.recovery.doubts, `at ${at}`).not.toEqual([]);
    }
  });

  it('by zeros in the place of the last that was written is not taken for its end', async () => {
    const stored = await crashedWith('product:fig', 'product:pear');
    const content = stored.medium.contents(stored.path);
    for (let from = 0; from < writtenBytes(content); from++) {
      const medium = stored.medium.copy();
      medium.overwrite(stored.path, Buffer.concat([content.subarray(0, from)], content.length));
      const engine = await createWorld(9, medium).open();
      expect(engine.actor, `from ${from}`).not.toBe(stored.actor);
    }
  });

  it('of an entry with the mark of the end behind it is damage to what was acknowledged', async () => {
    const stored = await crashedWith('product:fig', 'product:pear');
    const content = stored.medium.contents(stored.path);
    content.fill(0x7e, writtenBytes(content) - 40, writtenBytes(content) - 20);
    stored.medium.overwrite(stored.path, content);
    const engine = await createWorld(9, stored.medium).open();
    expect(engine.recovery.incompleteGroups).toEqual([0, 1, 2, 3]);
    expect(await quantityOf(engine, 'product:fig')).toBe(1);
  });

  it('is found once: what is cut off leaves a sound end', async () => {
    const stored = await crashedWith('product:fig', 'product:pear');
    const content = stored.medium.contents(stored.path);
    stored.medium.overwrite(
      stored.path,
      Buffer.concat([content.subarray(0, writtenBytes(content) - 15)], content.length),
    );
    const first = await createWorld(9, stored.medium).open();
    expect(first.recovery.tornBytes).toBeGreaterThan(0);
    stored.medium.crash('everything');
    const second = await createWorld(10, stored.medium).open();
    expect(second.recovery.doubts).toEqual([]);
    expect(second.actor).toBe(first.actor);
  });
});

describe('a disk without room for the next segment', () => {
  it('takes what the present one has room for, then reads only, and recovers', async () => {
    const world = createWorld();
    const engine = await world.open();
    const first = journalFiles(world.medium)[0] ?? '';
    let taken = 0;
    const fill = async (): Promise<void> => {
      for (; taken < 100; taken++) await add(engine, 'product:fig');
    };
    // The spare one was made before the disk was full: it is the second, and the third is refused.
    world.medium.fault = (operation, path) =>
      operation === 'create' && path.includes('/journal/') ? diskError('ENOSPC', path) : undefined;
    await expect(fill()).rejects.toMatchObject(READ_ONLY);
    expect(taken).toBeGreaterThan(10);
    expect(world.medium.contents(first).length).toBeGreaterThanOrEqual(SEGMENT_BYTES);
    expect(engine.statistics.readOnlyReason).toContain('ENOSPC');
    expect(await quantityOf(engine, 'product:fig')).toBe(taken);
    world.medium.fault = undefined;
    await until(() => {
      world.clock.advance(PROBE_INTERVAL_MS);
      return engine.statistics.readOnlyReason === undefined;
    });
    await add(engine, 'product:fig');
    world.medium.crash('nothing');
    const again = await world.open();
    expect(again.recovery.doubts).toEqual([]);
    expect(await quantityOf(again, 'product:fig')).toBe(taken + 1);
  });

  it('leaves no half-made segment, which would take the room that is lacking', async () => {
    const world = createWorld();
    const before = await world.open();
    await add(before, 'product:fig', 5);
    world.medium.crash('nothing');
    world.medium.freeBytes = SEGMENT_BYTES / 2;
    const engine = await world.open();
    expect(engine.statistics.readOnlyReason).toContain('ENOSPC');
    expect(engine.actor).toBe(before.actor);
    expect(journalFiles(world.medium)).toHaveLength(1);
    expect(await quantityOf(engine, 'product:fig')).toBe(5);
  });

  it('a failed write takes back the group, cuts it off, and loses nothing before it', async () => {
    const world = createWorld();
    const engine = await world.open();
    await add(engine, 'product:fig', 5);
    await until(() => world.medium.files().includes(SPARE));
    world.medium.fault = (operation, path) => (operation === 'append' ? diskError('EIO', path) : undefined);
    await expect(add(engine, 'product:fig')).rejects.toMatchObject(READ_ONLY);
    world.medium.crash('everything');
    const again = await world.open();
    expect(again.recovery).toMatchObject({ doubts: [], tornBytes: 0 });
    expect(again.actor).toBe(engine.actor);
    expect(await quantityOf(again, 'product:fig')).toBe(5);
  });

  it('a failed write through to the disk is the end of the engine', async () => {
    const world = createWorld();
    const fatal: Error[] = [];
    const engine = await world.open({ onFatal: (error) => void fatal.push(error) });
    await add(engine, 'product:fig', 5);
    world.medium.fault = (operation, path) =>
      operation === 'sync' && path.endsWith('.log') ? diskError('EIO', path) : undefined;
    await expect(add(engine, 'product:fig')).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    expect(fatal).toHaveLength(1);
    world.medium.crash('nothing');
    expect(await quantityOf(await world.open(), 'product:fig')).toBe(5);
  });

  it('a spare segment that could not be made is no failure', async () => {
    const world = createWorld();
    world.medium.fault = (operation, path) =>
      path === SPARE && (operation === 'create' || operation === 'sync') ? diskError('EIO', path) : undefined;
    const engine = await world.open();
    for (let fig = 0; fig < 60; fig++) await add(engine, 'product:fig');
    expect(journalFiles(world.medium).length).toBeGreaterThan(2);
    expect(await quantityOf(engine, 'product:fig')).toBe(60);
  });
});
