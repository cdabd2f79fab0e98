/*
 * What is noted of tombstones that wait: it lasts, is handed over once, and its loss is no damage.
 */
import { describe, expect, it } from 'vitest';
import { createEngineWorld, DATA_DIR } from '../testing/engine-world.ts';
import { seal } from './seal.ts';

const PATH = `${DATA_DIR}/tombstone-waits.json`;
const WAITS = ['user:a@x', 'product:__proto__', 'product:🍎'].map((key, index) => ({
  key,
  context: `[["a.1",${index + 1}]]`,
  waitedMs: index * 1_000,
}));

describe('waits of tombstones', () => {
  it('are there after a kill -9, the last that were noted, and only once', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    expect(engine.takeTombstoneWaits()).toEqual([]);
    await engine.noteTombstoneWaits(WAITS.slice(1));
    await engine.noteTombstoneWaits(WAITS.map((wait) => ({ ...wait, waitedMs: wait.waitedMs + 0.75 })));
    expect(engine.takeTombstoneWaits()).toEqual([]);
    world.medium.crash('nothing');
    const next = await world.open();
    expect(next.takeTombstoneWaits()).toEqual(WAITS);
    expect(next.takeTombstoneWaits()).toEqual([]);
    expect(next.recovery).toMatchObject({ doubts: [], setAside: [] });
  });

  it('are written whole, however many, and none as well', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const many = Array.from({ length: 4_001 }, (_, index) => ({ key: `user:${index}`, context: '[]', waitedMs: 1 }));
    await engine.noteTombstoneWaits(many);
    expect((await reopened(world)).takeTombstoneWaits()).toEqual(many);
    await (await reopened(world)).noteTombstoneWaits([]);
    expect((await reopened(world)).takeTombstoneWaits()).toEqual([]);
  });

  it('that are damaged are set aside, and cost neither incarnation nor trust', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await engine.noteTombstoneWaits(WAITS);
    world.medium.crash('nothing');
    world.medium.overwrite(PATH, world.medium.contents(PATH).subarray(0, 20));
    const next = await world.open();
    expect(next.takeTombstoneWaits()).toEqual([]);
    expect(next.actor).toBe(engine.actor);
    expect(next.recovery).toMatchObject({
      doubts: [],
      incompleteGroups: [],
      setAside: [{ reason: /tombstone-waits/ }],
    });
  });

  it('of another version keep the node from starting', async () => {
    const world = createEngineWorld();
    await (await world.open()).noteTombstoneWaits(WAITS);
    world.medium.crash('nothing');
    world.medium.overwrite(PATH, seal({ format: 2, waits: [] }));
    await expect(world.open()).rejects.toThrow('tombstone-waits.json');
  });

  it('stay as they were when the disk is full', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await engine.noteTombstoneWaits(WAITS);
    world.medium.freeBytes = 0;
    await expect(engine.noteTombstoneWaits(WAITS.slice(1))).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect((await reopened(world)).takeTombstoneWaits()).toEqual(WAITS);
  });
});

async function reopened(world: ReturnType<typeof createEngineWorld>) {
  world.medium.crash('nothing');
  return world.open();
}
