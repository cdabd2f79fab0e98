/*
 * What happens to stored data that changes under the engine: nothing is ever silently wrong. Each record
 * that is read afterwards was once acknowledged, and the newest acknowledged one unless its placement group
 * says that it may be incomplete.
 */
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord, merge, type RecordText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import {
  addToCart,
  addToProduct,
  createEngineWorld,
  createUser,
  DATA_DIR,
  groupOfKey,
} from '../testing/engine-world.ts';
import type { MemoryDisk } from '../testing/memory-disk.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { seal, unseal } from './seal.ts';

const KEYS = ['user:a@x', 'user:b@x', 'user:c@x', 'product:apple', 'product:pear', 'product:fig'];

const IDENTITY = `${DATA_DIR}/node.json`;
const MANIFEST = `${DATA_DIR}/checkpoint.json`;

interface Stored {
  readonly medium: MemoryDisk;
  readonly actor: string;
  /** All texts that were ever acknowledged, by key, the newest last. */
  readonly acknowledged: ReadonlyMap<string, readonly RecordText[]>;
}

async function write(engine: Engine, acknowledged: Map<string, RecordText[]>, number: number): Promise<void> {
  for (const key of KEYS) {
    const change = key.startsWith('product:') ? addToProduct(1) : number === 0 ? createUser : addToCart('fig', number);
    const { record } = await engine.change(key, change, undefined);
    acknowledged.set(key, [...(acknowledged.get(key) ?? []), record]);
  }
}

/** A directory as a kill -9 leaves it: two checkpoints, then a journal of several segments. */
async function store(): Promise<Stored> {
  const world = createEngineWorld();
  const engine = await world.open({ journalSegmentBytes: 800 });
  const acknowledged = new Map<string, RecordText[]>();
  for (let number = 0; number < 6; number++) {
    if (number === 1 || number === 3) await engine.checkpoint();
    await write(engine, acknowledged, number);
  }
  world.medium.crash('everything');
  return { medium: world.medium, actor: engine.actor, acknowledged };
}

function journalFiles(medium: MemoryDisk): string[] {
  return medium.files().filter((path) => path.startsWith(`${DATA_DIR}/journal/`));
}

function groupFiles(medium: MemoryDisk): string[] {
  return medium.files().filter((path) => path.startsWith(`${DATA_DIR}/pg/`));
}

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

async function changedOpening(
  path: (medium: MemoryDisk) => string,
  change: (value: object) => object,
): Promise<unknown> {
  const stored = await store();
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

describe('damage', () => {
  it('is not seen where there is none', async () => {
    const stored = await store();
    const engine = await openAndCheck(stored, stored.medium);
    expect(engine.actor).toBe(stored.actor);
    expect(engine.recovery).toMatchObject({ doubts: [], setAside: [], incompleteGroups: [], tornBytes: 0 });
  });

  it('of one bit anywhere is never silent', async () => {
    const stored = await store();
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
    const stored = await store();
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
    const stored = await store();
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
    const stored = await store();
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
    const stored = await store();
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
    const stored = await store();
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
    const stored = await store();
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
    await write(engine, acknowledged, 0);
    await engine.checkpoint();
    const old = world.medium.copy();
    await write(engine, acknowledged, 1);
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
    await write(engine, new Map(), 0);
    await engine.close();
    const old = groupFiles(world.medium)[0] ?? '';
    const content = world.medium.contents(old);
    const acknowledged = new Map<string, RecordText[]>();
    const next = await world.open({ pgCount: 9 });
    await write(next, acknowledged, 1);
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
    const stored = await store();
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
