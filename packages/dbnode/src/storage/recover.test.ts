/*
 * What start-up makes of ends that a crash tore, of files that are not the engine's, and of what another
 * version or another node wrote.
 */
import { describe, expect, it } from 'vitest';
import type { RecordText } from '@trolley/records';
import { addToProduct, createEngineWorld, DATA_DIR } from '../testing/engine-world.ts';
import type { MemoryDisk } from '../testing/memory-disk.ts';
import { groupFiles, journalFiles, KEYS, storeSome, writeAll } from '../testing/stored-directory.ts';
import { seal, unseal } from './seal.ts';

const IDENTITY = `${DATA_DIR}/node.json`;
const MANIFEST = `${DATA_DIR}/checkpoint.json`;

async function changedOpening(
  path: (medium: MemoryDisk) => string,
  change: (value: object) => object,
): Promise<unknown> {
  const stored = await storeSome();
  const file = path(stored.medium);
  const unsealed = unseal(stored.medium.contents(file));
  if (unsealed.kind !== 'intact' || typeof unsealed.value !== 'object' || unsealed.value === null) {
    throw new Error('the file is damaged');
  }
  const { crc32: _, ...value } = { crc32: '', ...unsealed.value };
  stored.medium.overwrite(file, seal(change(value)));
  return await createEngineWorld(1, stored.medium)
    .open()
    .catch((error: unknown) => error);
}

describe('a torn tail', () => {
  it('is cut off at every byte, and costs the incarnation', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const kept = await engine.change('product:apple', addToProduct(1), undefined);
    const path = journalFiles(world.medium)[0] ?? '';
    const start = world.medium.contents(path).length;
    await engine.change('product:apple', addToProduct(1), undefined);
    world.medium.crash('everything');
    const content = world.medium.contents(path);
    for (let length = start + 1; length < content.length; length++) {
      const medium = world.medium.copy();
      medium.overwrite(path, content.subarray(0, length));
      const reopened = await createEngineWorld(2, medium).open();
      expect(reopened.recovery.tornBytes).toBe(length - start);
      expect(reopened.actor).not.toBe(engine.actor);
      expect((await reopened.readRecord('product:apple')).value).toBe(kept.record);
      expect(medium.contents(path)).toHaveLength(start);
      expect(reopened.recovery.incompleteGroups).toEqual([]);
    }
  });

  it.each([0x00, 0xff, 0x55])('of bytes %i is cut off', async (byte) => {
    const world = createEngineWorld();
    const engine = await world.open();
    const kept = await engine.change('product:apple', addToProduct(1), undefined);
    world.medium.crash('everything');
    const path = journalFiles(world.medium)[0] ?? '';
    world.medium.overwrite(path, Buffer.concat([world.medium.contents(path), Buffer.alloc(5000, byte)]));
    const reopened = await world.open();
    expect(reopened.recovery.tornBytes).toBe(5000);
    expect((await reopened.readRecord('product:apple')).value).toBe(kept.record);
  });
});

describe('what is not the engine’s', () => {
  it('is a placement group file that the last checkpoint no longer lists: not loaded, removed', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await writeAll(engine, new Map(), 0);
    await engine.close();
    const old = groupFiles(world.medium)[0] ?? '';
    const content = world.medium.contents(old);
    const acknowledged = new Map<string, RecordText[]>();
    const next = await world.open({ pgCount: 9 });
    await writeAll(next, acknowledged, 1);
    await next.close();
    await (await world.open({ pgCount: 2 })).close();
    const left = `${DATA_DIR}/pg/00007.json`;
    const unsealed = unseal(content);
    if (unsealed.kind !== 'intact' || typeof unsealed.value !== 'object') throw new Error('the file is damaged');
    const { crc32: _, ...value } = { crc32: '', ...unsealed.value };
    world.medium.overwrite(left, seal({ ...value, pg: 7 }));
    const again = await world.open({ pgCount: 2 });
    expect(again.recovery.doubts).toEqual([]);
    expect(world.medium.files()).not.toContain(left);
    for (const key of KEYS) expect((await again.readRecord(key)).value).toBe(acknowledged.get(key)?.at(-1));
  });

  it('is left alone', async () => {
    const world = createEngineWorld();
    await (await world.open()).close();
    const strangers = ['notes.txt', 'pg/readme', 'journal/1.log', 'pg/00001.json.bak', 'x.tmp'].map(
      (name) => `${DATA_DIR}/${name}`,
    );
    for (const path of strangers) world.medium.overwrite(path, Buffer.from('mine'));
    const engine = await world.open();
    expect(engine.recovery.doubts).toEqual([]);
    await engine.close();
    for (const path of strangers) expect(world.medium.contents(path).toString()).toBe('mine');
  });

  it('is removed when it is a temporary file of its own', async () => {
    const world = createEngineWorld();
    await (await world.open()).close();
    const left = ['node.json.tmp', 'checkpoint.json.tmp', 'pg/00003.json.tmp'].map((name) => `${DATA_DIR}/${name}`);
    for (const path of left) world.medium.overwrite(path, Buffer.from('unfinished'));
    const engine = await world.open();
    expect(engine.recovery.doubts).toEqual([]);
    for (const path of left) expect(world.medium.files()).not.toContain(path);
  });
});

describe('what another version or node wrote', () => {
  it.each([
    ['node.json', () => IDENTITY],
    ['checkpoint.json', () => MANIFEST],
    ['a placement group file', (medium: MemoryDisk) => groupFiles(medium)[0] ?? ''],
  ])('is refused and not set aside: a newer %s', async (_, path) => {
    expect(await changedOpening(path, (value) => ({ ...value, format: 2 }))).toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
    });
  });

  it('is refused: another node’s directory, saying whose it is', async () => {
    const stored = await storeSome();
    const open = createEngineWorld(1, stored.medium).open({ nodeId: 'node-b' });
    await expect(open).rejects.toMatchObject({ code: 'NODE_ID_MISMATCH', message: expect.stringContaining('node-a') });
  });

  it('is refused: files of two nodes', async () => {
    const changed = await changedOpening(
      () => IDENTITY,
      (value) => ({ ...value, nodeId: 'node-z' }),
    );
    expect(changed).toMatchObject({ code: 'NODE_ID_MISMATCH' });
  });
});
