/*
 * Opening and closing: what is kept between two processes on one directory, and what is refused.
 */
import { describe, expect, it } from 'vitest';
import { encodeRecord, emptyRecord, write } from '@trolley/records';
import { addToProduct, createEngineWorld, DATA_DIR, PG_COUNT, quantityOf, until } from '../testing/engine-world.ts';

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

  it('I9: remembers the newest epoch that it was told of, also after a crash', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    expect(engine.rememberedEpoch).toBe(0);
    await Promise.all([5, 3, 4].map(async (epoch) => engine.rememberEpoch(epoch)));
    world.medium.crash('nothing');
    expect((await world.open()).rememberedEpoch).toBe(5);
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
    await expect(
      engine.merge('product:fig', encodeRecord(write(emptyRecord, 'b.000000', [['quantity', 1]]))),
    ).rejects.toMatchObject(closed);
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
