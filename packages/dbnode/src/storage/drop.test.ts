/*
 * Records that are dropped for good: gone after a restart too, only if they are still what was asked to be dropped,
 * and no dot is used twice afterwards.
 */
import { describe, expect, it } from 'vitest';
import { decodeRecord, version, type RecordText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import {
  addToProduct,
  createEngineWorld,
  groupOfKey,
  holdSyncs,
  quantityOf,
  until,
  type EngineWorld,
} from '../testing/engine-world.ts';
import { diskError } from '../testing/memory-disk.ts';
import { seededRandom } from '../testing/seeded-random.ts';

const KEY = 'product:apple';
const deletion = { action: { type: 'delete-product' } } as const;

async function recordOf(engine: Engine, key = KEY): Promise<RecordText> {
  return (await engine.readRecord(key)).value ?? '';
}

async function withTombstone(world: EngineWorld): Promise<{ engine: Engine; tombstone: RecordText }> {
  const engine = await world.open();
  await engine.change(KEY, addToProduct(5), undefined);
  await engine.change(KEY, deletion, undefined);
  return { engine, tombstone: await recordOf(engine) };
}

describe('a dropped record', () => {
  it('is gone, also from the digests, the tombstones and after a restart', async () => {
    const world = createEngineWorld();
    const { engine, tombstone } = await withTombstone(world);
    const pg = groupOfKey(KEY);
    expect([...engine.tombstones(pg)]).toEqual([KEY]);
    expect(await engine.dropRecords([[KEY, tombstone]])).toBe(1);
    const expectItGone = async (now: Engine) => {
      expect(await recordOf(now)).toBe('');
      expect(now.digest(pg)).toEqual({ low: 0, high: 0, count: 0 });
      expect([...now.tombstones(pg)]).toEqual([]);
      expect(now.statistics).toMatchObject({ records: 0, bytes: 0 });
    };
    await expectItGone(engine);
    await engine.close();
    await expectItGone(await world.open());
  });

  it('I19: stays gone after a kill -9, whether or not a checkpoint came after it', async () => {
    for (const checkpoints of [false, true]) {
      const world = createEngineWorld();
      const { engine, tombstone } = await withTombstone(world);
      await engine.checkpoint();
      await engine.dropRecords([[KEY, tombstone]]);
      if (checkpoints) await engine.checkpoint();
      world.medium.crash('nothing');
      expect(await recordOf(await world.open())).toBe('');
    }
  });

  it('I19: is left alone when it has changed since', async () => {
    const world = createEngineWorld();
    const { engine, tombstone } = await withTombstone(world);
    await engine.change(KEY, addToProduct(1), undefined);
    expect(await engine.dropRecords([[KEY, tombstone]])).toBe(0);
    expect(await quantityOf(engine, KEY)).toBe(1);
  });

  it('I2: frees none of its dots: what is written there again starts above them, also after a crash', async () => {
    const world = createEngineWorld();
    const { engine, tombstone } = await withTombstone(world);
    const before = version(decodeRecord(tombstone));
    await engine.dropRecords([[KEY, tombstone]]);
    world.medium.crash('nothing');
    const again = await world.open();
    expect(again.actor).toBe(engine.actor);
    const { record } = await again.change(KEY, addToProduct(1), undefined);
    expect(decodeRecord(record).context.get(again.actor)).toBe(before + 1);
  });

  it('comes back when the disk takes the removal no more, and is in the checkpoint that runs meanwhile', async () => {
    const world = createEngineWorld();
    const { engine, tombstone } = await withTombstone(world);
    await engine.checkpoint();
    const other = 'product:pear';
    await engine.change(other, addToProduct(1), undefined);
    world.medium.fault = (operation, path) =>
      operation === 'append' && path.endsWith('.log') ? diskError('ENOSPC', path) : undefined;
    await expect(engine.dropRecords([[KEY, tombstone]])).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect(await recordOf(engine)).toBe(tombstone);
    expect([...engine.tombstones(groupOfKey(KEY))]).toEqual([KEY]);
    world.medium.crash('nothing');
    expect(await recordOf(await world.open())).toBe(tombstone);
  });

  it('is written by a checkpoint for as long as its removal is not on disk', async () => {
    const world = createEngineWorld();
    const { engine, tombstone } = await withTombstone(world);
    const checkpointing = engine.checkpoint();
    const held = holdSyncs(world);
    await until(() => held.waiting() > 0);
    const dropping = engine.dropRecords([[KEY, tombstone]]).catch(() => undefined);
    world.medium.fault = (operation, path) =>
      operation === 'append' && path.endsWith('.log') ? diskError('ENOSPC', path) : undefined;
    held.release();
    await Promise.allSettled([checkpointing, dropping]);
    world.medium.crash('nothing');
    expect(await recordOf(await world.open())).toBe(tombstone);
  });
});

describe('drops and writes in any order, with a crash at any moment', () => {
  it('leave what was acknowledged last, or what was under way', async () => {
    for (let seed = 1; seed <= 150; seed++) expect(await crashOnce(seed), `seed ${seed}`).toEqual([]);
  });
});

/** Changes and drops keys until the process crashes. @returns the keys that are not as they were acknowledged */
async function crashOnce(seed: number): Promise<string[]> {
  const random = seededRandom(seed);
  const world = createEngineWorld(seed);
  const engine = await world.open({ journalSegmentBytes: 600, checkpointJournalBytes: 1500 });
  const keys = ['product:a', 'product:b', 'product:c'];
  const acknowledged = new Map<string, RecordText>(keys.map((key) => [key, '']));
  const possible = new Map<string, RecordText[]>(keys.map((key) => [key, []]));
  const dots = new Set<string>();
  world.medium.crashAtOperation = world.medium.operations + 1 + Math.floor(random() * 120);
  try {
    for (;;) {
      const key = keys[Math.floor(random() * keys.length)] ?? '';
      const held = acknowledged.get(key) ?? '';
      if (held !== '' && random() < 0.4) {
        possible.set(key, ['']);
        await engine.dropRecords([[key, held]]);
        acknowledged.set(key, '');
      } else {
        possible.set(key, ['any']);
        const { record } = await engine.change(key, addToProduct(1), undefined);
        const dot = `${key} ${JSON.stringify([...decodeRecord(record).context])}`;
        if (dots.has(dot)) throw new Error(`seed ${seed}: the dot ${dot} was used twice`);
        dots.add(dot);
        acknowledged.set(key, record);
      }
      possible.set(key, []);
    }
  } catch (error) {
    if (!(error instanceof Error) || error.message.startsWith('seed')) throw error;
  }
  world.medium.crash(random);
  const next = await world.open();
  const found = await Promise.all(keys.map(async (key) => [key, await recordOf(next, key)] as const));
  const isRight = (key: string, text: RecordText) => {
    const underWay = possible.get(key) ?? [];
    return text === acknowledged.get(key) || underWay.includes(text) || underWay.includes('any');
  };
  return found.filter(([key, text]) => !isRight(key, text)).map(([key]) => key);
}
