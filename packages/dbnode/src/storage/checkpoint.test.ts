/*
 * Checkpoints: they lose nothing, whatever is under way meanwhile, and write no more than they must.
 */
import { describe, expect, it } from 'vitest';
import {
  addToProduct,
  createEngineWorld,
  DATA_DIR,
  groupOfKey,
  holdSyncs,
  quantityOf,
  until,
} from '../testing/engine-world.ts';
import { diskError } from '../testing/memory-disk.ts';

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

  it('wait until the journal is as long as what is stored, times the share that is set', async () => {
    for (const share of [0.5, 2]) {
      const world = createEngineWorld();
      const filled = await world.open({ checkpointJournalBytes: 100, checkpointDataShare: 1_000 });
      for (let index = 0; index < 200; index++) await filled.change(`product:${index}`, addToProduct(1), undefined);
      await filled.close();
      const engine = await world.open({ checkpointJournalBytes: 100, checkpointDataShare: share });
      let longest = 0;
      while (engine.statistics.checkpoints === 0) {
        longest = Math.max(longest, engine.statistics.journalBytes);
        await engine.change('product:7', addToProduct(1), undefined);
      }
      expect(longest / engine.statistics.bytes, `share ${share}`).toBeGreaterThan(share * 0.9);
      expect(longest / engine.statistics.bytes, `share ${share}`).toBeLessThan(share * 1.5);
    }
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
