/*
 * What happens to stored data that changes under the engine: nothing is ever silently wrong. Each record
 * that is read afterwards was once acknowledged, and the newest acknowledged one unless its placement group
 * says that it may be incomplete.
 */
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord, merge, type RecordText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import { addToProduct, createEngineWorld, DATA_DIR, groupOfKey } from '../testing/engine-world.ts';
import type { MemoryDisk } from '../testing/memory-disk.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { groupFiles, journalFiles, KEYS, storeSome, writeAll, type Stored } from '../testing/stored-directory.ts';

/** Opens the damaged disk. @throws when anything is silently wrong. */
async function openAndCheck(stored: Stored, medium: MemoryDisk, seed = 99): Promise<Engine> {
  const engine = await createEngineWorld(seed, medium).open();
  for (const key of KEYS) {
    const { value, incomplete } = await engine.readRecord(key);
    const texts = stored.acknowledged.get(key) ?? [];
    const isNewest = value === texts.at(-1);
    if (value !== undefined && !texts.includes(value)) throw new Error(`${key} is ${value}, which was never stored`);
    // A lost tail cannot be told from a write that a crash cut off: it only costs the incarnation.
    const isSaid = incomplete || engine.recovery.tornBytes > 0;
    if (!isNewest && !isSaid) throw new Error(`${key} is silently old: ${value}`);
    if (!isNewest && engine.actor === stored.actor) throw new Error(`${key} is old, and the old incarnation goes on`);
  }
  return engine;
}

describe('damage', () => {
  it('is not seen where there is none', async () => {
    const stored = await storeSome();
    const engine = await openAndCheck(stored, stored.medium);
    expect(engine.actor).toBe(stored.actor);
    expect(engine.recovery).toMatchObject({ doubts: [], setAside: [], incompleteGroups: [], tornBytes: 0 });
  });

  it('of one bit anywhere is never silent', async () => {
    const stored = await storeSome();
    const random = seededRandom(5);
    for (const path of stored.medium.files()) {
      const content = stored.medium.contents(path);
      for (let flip = 0; flip < 25; flip++) {
        const medium = stored.medium.copy();
        const damaged = Buffer.from(content);
        const at = Math.floor(random() * content.length);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        medium.overwrite(path, damaged);
        const engine = await openAndCheck(stored, medium);
        expect(engine.actor, `${path} at ${at}`).not.toBe(stored.actor);
        expect(engine.recovery.doubts, `${path} at ${at}`).not.toEqual([]);
        await engine.close();
      }
    }
  });

  it('by cutting any file but the last segment short is never silent', async () => {
    const stored = await storeSome();
    const last = journalFiles(stored.medium).at(-1);
    for (const path of stored.medium.files().filter((file) => file !== last)) {
      const content = stored.medium.contents(path);
      for (let length = 0; length < content.length; length += 5) {
        const medium = stored.medium.copy();
        medium.overwrite(path, content.subarray(0, length));
        const engine = await openAndCheck(stored, medium);
        expect(engine.actor, `${path} at ${length}`).not.toBe(stored.actor);
      }
    }
  });

  it('by cutting the last segment short anywhere but between two entries costs the incarnation', async () => {
    const stored = await storeSome();
    const last = journalFiles(stored.medium).at(-1) ?? '';
    const content = stored.medium.contents(last);
    for (let length = 0; length < content.length; length++) {
      const medium = stored.medium.copy();
      medium.overwrite(last, content.subarray(0, length));
      const { actor, recovery } = await createEngineWorld(3, medium).open();
      const isNoticed = recovery.tornBytes > 0 || recovery.incompleteGroups.length > 0;
      expect(actor !== stored.actor, `cut at ${length}`).toBe(isNoticed);
    }
  });

  it('by losing any file is never silent', async () => {
    const stored = await storeSome();
    for (const path of stored.medium.files()) {
      const medium = stored.medium.copy();
      medium.delete(path);
      const engine = await openAndCheck(stored, medium);
      expect(engine.actor, `in ${path}`).not.toBe(stored.actor);
      expect(engine.recovery.incompleteGroups, `in ${path}`).not.toEqual([]);
      expect(engine.nodeId).toBe('node-a');
    }
  });

  it('is found once: the next start finds a sound directory, but remembers what is incomplete', async () => {
    const stored = await storeSome();
    for (const path of stored.medium.files()) {
      const medium = stored.medium.copy();
      const content = medium.contents(path);
      content[content.length >> 1] = 0x7e;
      medium.overwrite(path, content);
      const first = await createEngineWorld(1, medium).open();
      medium.crash('everything');
      const second = await createEngineWorld(2, medium).open();
      expect(second.actor, `in ${path}`).toBe(first.actor);
      expect(second.recovery.doubts, `in ${path}`).toEqual([]);
      expect(second.recovery.incompleteGroups, `in ${path}`).toEqual(first.recovery.incompleteGroups);
    }
  });

  it('leads to the same conclusions when the start that found it was cut off anywhere', async () => {
    const stored = await storeSome();
    for (const path of stored.medium.files()) {
      const damaged = stored.medium.copy();
      damaged.overwrite(path, damaged.contents(path).subarray(0, -9));
      const whole = damaged.copy();
      const { recovery } = await createEngineWorld(1, whole).open();
      for (let operation = 1; operation <= whole.operations; operation++) {
        const medium = damaged.copy();
        medium.crashAtOperation = operation;
        await createEngineWorld(50, medium)
          .open()
          .catch(() => undefined);
        medium.crash(seededRandom(operation));
        const again = await createEngineWorld(99, medium).open();
        expect(again.actor, `${path}, cut off at ${operation}`).not.toBe(stored.actor);
        expect(again.recovery.incompleteGroups).toEqual(recovery.incompleteGroups);
      }
    }
  });

  it('of a placement group file costs that group alone', async () => {
    const stored = await storeSome();
    const group = groupOfKey('user:a@x');
    const path = `${DATA_DIR}/pg/0000${group}.json`;
    const content = stored.medium.contents(path);
    content[40] = 0x7e;
    stored.medium.overwrite(path, content);
    const engine = await openAndCheck(stored, stored.medium);
    expect(engine.recovery.incompleteGroups).toEqual([group]);
    expect(engine.recovery.setAside).toEqual([
      { file: expect.stringMatching(/set-aside\/.*-0000\d\.json$/), reason: expect.stringContaining('checksum') },
    ]);
    const aside = engine.recovery.setAside[0]?.file ?? '';
    expect(stored.medium.contents(aside)).toEqual(content);
    expect((await engine.readContext('user:a@x')).incomplete).toBe(true);
    await engine.markComplete([group]);
    expect((await engine.readContext('user:a@x')).incomplete).toBe(false);
    await engine.close();
    const again = await createEngineWorld(4, stored.medium).open();
    expect(again.recovery.incompleteGroups).toEqual([]);
  });

  it('of everything is noticed when the cluster knows the node, and only then', async () => {
    const lost = await createEngineWorld(5).open({ isKnownToCluster: true });
    expect(lost.recovery.incompleteGroups).toEqual([0, 1, 2, 3]);
    expect(await lost.readRecord('user:a@x')).toEqual({ value: undefined, incomplete: true });

    const fresh = createEngineWorld(6);
    const engine = await fresh.open({ isKnownToCluster: false });
    expect(engine.recovery.incompleteGroups).toEqual([]);
    await engine.close();
    // From then on the directory itself says what it holds.
    expect((await fresh.open({ isKnownToCluster: true })).recovery.incompleteGroups).toEqual([]);
  });

  it('of everything is noticed after a crash during the first start, too', async () => {
    const world = createEngineWorld(7);
    await world.open({ isKnownToCluster: true });
    world.medium.crash('everything');
    const engine = await world.open({ isKnownToCluster: true });
    expect(engine.recovery.incompleteGroups).toEqual([0, 1, 2, 3]);
    await engine.markComplete([0, 1, 2, 3]);
    expect(engine.incompleteGroups).toEqual(new Set());
  });

  it('by putting back an older placement group file is noticed, and its records are kept', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const acknowledged = new Map<string, RecordText[]>();
    await writeAll(engine, acknowledged, 0);
    await engine.checkpoint();
    const old = world.medium.copy();
    await writeAll(engine, acknowledged, 1);
    await engine.checkpoint();
    world.medium.crash('everything');
    const path = groupFiles(old)[0] ?? '';
    world.medium.overwrite(path, old.contents(path));
    const stored = { medium: world.medium, actor: engine.actor, acknowledged };
    const reopened = await openAndCheck(stored, world.medium);
    expect(reopened.recovery.incompleteGroups).toHaveLength(1);
    expect(reopened.recovery.records).toBe(KEYS.length);
  });

  it('in mid-journal loses no entry behind it, nor what a checkpoint already knew better', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const first = await engine.change('product:apple', addToProduct(1), undefined);
    const segment = journalFiles(world.medium)[0] ?? '';
    const cutFrom = world.medium.contents(segment).length;
    await engine.change('product:apple', addToProduct(1), undefined);
    const cutTo = world.medium.contents(segment).length;
    const other = await engine.change('product:pear', addToProduct(4), undefined);
    const content = world.medium.contents(segment);
    content.fill(0, cutFrom, cutTo);
    world.medium.crash('everything');
    world.medium.overwrite(segment, content);
    const reopened = await world.open();
    expect((await reopened.readRecord('product:apple')).value).toBe(first.record);
    expect((await reopened.readRecord('product:pear')).value).toBe(other.record);
    expect(reopened.recovery.incompleteGroups).toEqual([0, 1, 2, 3]);
    expect(reopened.recovery.setAside).toHaveLength(1);
  });

  it('of the journal does not take a record back behind a placement group file that was newer', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await engine.change('product:apple', addToProduct(1), undefined);
    const journal = journalFiles(world.medium)[0] ?? '';
    const short = world.medium.contents(journal);
    const newest = await engine.change('product:apple', addToProduct(1), undefined);
    // A checkpoint cut off before its manifest, and then the journal's end gone bad.
    world.medium.fault = (operation, path) => {
      if (operation === 'create' && path.includes('checkpoint.json')) throw new Error('cut off');
      return undefined;
    };
    await expect(engine.checkpoint()).rejects.toThrow('cut off');
    world.medium.crash('everything');
    world.medium.overwrite(journal, Buffer.concat([short, Buffer.from('gone')]));
    const reopened = await world.open();
    const { value } = await reopened.readRecord('product:apple');
    expect(value).toBeDefined();
    expect(encodeRecord(merge(decodeRecord(value ?? ''), decodeRecord(newest.record)))).toBe(value);
  });
});
