/*
 * The last trace of what was deleted goes once every owner has had it for the grace time, and what was deleted never
 * comes back: not from a node that was down, nor from one that was away while the others forgot.
 */
import { systemClock } from '@trolley/cluster';
import { place, placementGroupOf } from '@trolley/crush';
import { decodeRecord, isTombstone, productKey, version } from '@trolley/records';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addToProduct, DATA_DIR, PG_COUNT } from '../testing/engine-world.ts';
import { RepairWorld } from '../testing/repair-world.ts';
import { seededRandom } from '../testing/seeded-random.ts';

const WAIT = { timeout: 15_000, interval: 10 };
const GRACE_MS = 150;
const KEY = productKey('fig');
const remove = { action: { type: 'delete-product' } } as const;

let world: RepairWorld;
/** How far the wall clock was moved on. */
let skewMs = 0;
/** How far the clock that only goes forward was. */
let passedMs = 0;
const clock = {
  ...systemClock,
  nowMs: () => systemClock.nowMs() + skewMs,
  monotonicMs: () => systemClock.monotonicMs() + passedMs,
};

afterEach(async () => world.stop());

async function createWorld(ids = ['a', 'b', 'c'], tombstoneGraceMs = GRACE_MS): Promise<RepairWorld> {
  world = new RepairWorld({ settings: { tombstoneGraceMs }, clock });
  for (const id of ids) await world.open(id);
  world.setMap();
  return world;
}

function startAll(): void {
  for (const id of world.nodes.keys()) world.start(id);
}

/** Starts a node again on what it had, as run-node.ts does. */
async function comeBack(id: string): Promise<void> {
  const { service } = await world.open(id);
  const sinceMs = service.doubtfulSinceMs;
  if (sinceMs !== undefined) await service.settleAbsence(sinceMs);
  world.start(id);
}

async function writeTo(ids: readonly string[], change: Parameters<typeof addToProduct>[0] | 'remove', key = KEY) {
  const [coordinator = '', ...others] = ids;
  const { engine } = world.node(coordinator);
  const { record } = await engine.change(key, change === 'remove' ? remove : addToProduct(change), undefined);
  await Promise.all(others.map(async (id) => world.node(id).engine.merge(key, record)));
  return record;
}

async function recordsOf(key = KEY): Promise<readonly (string | undefined)[]> {
  const nodes = [...world.nodes.values()].filter(({ isUp }) => isUp);
  return Promise.all(nodes.map(async ({ engine }) => (await engine.readRecord(key)).value));
}

describe('a tombstone', () => {
  it('I19: goes from all owners when all have had it for the grace time, and only then', async () => {
    await createWorld();
    await writeTo(['a', 'b', 'c'], 5);
    await writeTo(['a'], 'remove');
    startAll();
    await vi.waitFor(async () => expect(new Set(await recordsOf()).size).toBe(1), WAIT);
    expect((await recordsOf()).every((text) => text !== undefined && isTombstone(decodeRecord(text)))).toBe(true);
    await vi.waitFor(async () => expect(await recordsOf()).toEqual([undefined, undefined, undefined]), WAIT);
    // It does not come back from the one that was last to drop it.
    await vi.waitFor(() => {
      for (const { service } of world.nodes.values()) expect(service.figures.comparisonsEqual).toBeGreaterThan(3);
    }, WAIT);
    expect(await recordsOf()).toEqual([undefined, undefined, undefined]);
  });

  it('I19: goes though its first owner restarts more often than the grace time, and no sooner', async () => {
    const hourMs = 3_600_000;
    await createWorld(['a', 'b', 'c'], 24 * hourMs);
    await writeTo(['a', 'b', 'c'], 5);
    await writeTo(['a', 'b', 'c'], 'remove');
    const map = world.registry.view.stored?.map;
    const [first = ''] = map === undefined ? [] : place(map, KEY);
    const { medium } = world.node(first);
    const notedHours = () => {
      const noted = /,(\d+)\]\n\]/.exec(medium.contents(`${DATA_DIR}/tombstone-waits.json`).toString())?.[1];
      return Math.round(Number(noted) / hourMs);
    };
    startAll();
    const compared = async () => {
      const { figures } = world.node(first).service;
      const before = figures.comparisonsEqual;
      await vi.waitFor(() => expect(figures.comparisonsEqual).toBeGreaterThan(before + 5), WAIT);
    };
    await compared();
    passedMs += 10 * hourMs;
    await vi.waitFor(() => expect(notedHours()).toBe(10), WAIT);
    await world.kill(first);
    passedMs += 100 * hourMs;
    await comeBack(first);
    await compared();
    passedMs += 10 * hourMs;
    await vi.waitFor(() => expect(notedHours()).toBe(20), WAIT);
    await compared();
    expect(await recordsOf()).not.toContain(undefined);
    // A graceful stop notes what has been waited since.
    passedMs += 2 * hourMs;
    await world.node(first).service.stop();
    expect(notedHours()).toBe(22);
    await world.kill(first);
    await comeBack(first);
    await compared();
    expect(await recordsOf()).not.toContain(undefined);
    passedMs += 3 * hourMs;
    await vi.waitFor(async () => expect(await recordsOf()).toEqual([undefined, undefined, undefined]), WAIT);
  });

  it('I19: stays while an owner is away, while data moves, and while a request can be sent again', async () => {
    await createWorld(['a', 'b', 'c'], 0);
    await writeTo(['a', 'b', 'c'], 5);
    await writeTo(['a', 'b', 'c'], 'remove');
    const once = { id: 'r', fingerprint: 'f', expiresAtMs: Date.now() + 3_600_000 };
    const remembered = productKey('remembered');
    await world.node('a').engine.change(remembered, { ...remove, once }, undefined);
    await writeTo(['a'], 1, remembered);
    const { record } = await world
      .node('a')
      .engine.change(remembered, { ...remove, once: { ...once, id: 's' } }, undefined);
    for (const id of ['b', 'c']) await world.node(id).engine.merge(remembered, record);
    await world.kill('c');
    startAll();
    const compared = () => world.node('a').service.figures.comparisons + world.node('b').service.figures.comparisons;
    const someRounds = async () => {
      const before = compared();
      await vi.waitFor(() => expect(compared()).toBeGreaterThan(before + 6), WAIT);
    };
    await someRounds();
    expect((await recordsOf()).includes(undefined)).toBe(false);
    const map = world.registry.view.stored?.map;
    world.setMap({ epoch: 2, previousNodes: map?.nodes ?? [] });
    await comeBack('c');
    await someRounds();
    expect((await recordsOf()).includes(undefined)).toBe(false);
    world.setMap({ epoch: 3 });
    await vi.waitFor(async () => expect(await recordsOf()).toEqual([undefined, undefined, undefined]), WAIT);
    expect((await recordsOf(remembered)).includes(undefined)).toBe(false);
  });

  it('I19: stays on all while one owner, though up, cannot be compared with', async () => {
    await createWorld(['a', 'b', 'c'], 0);
    await writeTo(['a', 'b', 'c'], 5);
    const map = world.registry.view.stored?.map;
    const [first = '', second = '', last = ''] = map === undefined ? [] : place(map, KEY);
    await writeTo([first, second], 'remove');
    world.node(last).isUp = false;
    startAll();
    const { figures } = world.node(first).service;
    await vi.waitFor(() => expect(figures.comparisonsEqual).toBeGreaterThan(5), WAIT);
    expect(await recordsOf()).toEqual([expect.anything(), expect.anything()]);
    world.node(last).isUp = true;
    await vi.waitFor(async () => expect(await recordsOf()).toEqual([undefined, undefined, undefined]), WAIT);
  });

  it('that is gone leaves dots that nobody uses again', async () => {
    await createWorld(['a', 'b', 'c'], 0);
    await writeTo(['a', 'b', 'c'], 5);
    const last = await writeTo(['a', 'b', 'c'], 'remove');
    startAll();
    await vi.waitFor(async () => expect(await recordsOf()).toEqual([undefined, undefined, undefined]), WAIT);
    const { record } = await world.node('a').engine.change(KEY, addToProduct(1), undefined);
    expect(version(decodeRecord(record))).toBeGreaterThan(version(decodeRecord(last)));
  });
});

describe('a node that comes back', () => {
  it('I19: after others dropped what it never saw deleted: sets that group aside, and nothing lives again', async () => {
    await createWorld(['a', 'b', 'c']);
    await writeTo(['a', 'b', 'c'], 5);
    const other = productKey('pear');
    const pear = await writeTo(['a', 'b', 'c'], 7, other);
    startAll();
    await vi.waitFor(() => expect(world.node('c').service.figures.comparisonsEqual).toBeGreaterThan(1), WAIT);
    await world.kill('c');
    const out = ['a', 'b', 'c'].map((id) => ({ id, zone: id, weight: 1, state: id === 'c' ? 'out' : 'in' }) as const);
    world.setMap({ epoch: 2, nodes: out });
    await writeTo(['a', 'b'], 'remove');
    await vi.waitFor(async () => expect(await recordsOf()).toEqual([undefined, undefined]), WAIT);
    world.setMap({ epoch: 3 });
    await comeBack('c');
    const { engine } = world.node('c');
    expect(engine.incompleteGroups.size).toBe(1);
    const aside = world
      .node('c')
      .medium.files()
      .filter((path) => path.includes('set-aside'));
    expect(aside).toHaveLength(1);
    expect(
      world
        .node('c')
        .medium.contents(aside[0] ?? '')
        .toString(),
    ).toContain(KEY);
    await vi.waitFor(() => expect(world.node('c').service.figures.comparisons).toBeGreaterThan(3), WAIT);
    expect(await recordsOf()).toEqual([undefined, undefined, undefined]);
    expect(await recordsOf(other)).toEqual([pear, pear, pear]);
    // Its own dots of what it put aside are not free.
    const { record } = await engine.change(KEY, addToProduct(1), undefined);
    expect(decodeRecord(record).context.size).toBe(1);
  });

  it('with all the others, after the cluster was off for long: keeps everything', async () => {
    await createWorld();
    await writeTo(['a', 'b', 'c'], 5);
    await writeTo(['c'], 6, productKey('only on c'));
    startAll();
    await vi.waitFor(() => expect(world.node('c').service.figures.comparisonsEqual).toBeGreaterThan(1), WAIT);
    for (const id of ['a', 'b', 'c']) await world.kill(id);
    skewMs += 7 * 86_400_000;
    await Promise.all(['a', 'b', 'c'].map(async (id) => comeBack(id)));
    expect([...world.nodes.values()].every(({ engine }) => engine.incompleteGroups.size === 0)).toBe(true);
    expect((await recordsOf()).includes(undefined)).toBe(false);
  });
});

describe('a cluster that loses power just after it dropped tombstones, and is off for long', () => {
  it('I19: holds on each node all that it had', async () => {
    await createWorld();
    await writeTo(['a', 'b', 'c'], 5);
    const neighbour = Array.from({ length: 1_000 }, (_, index) => productKey(`plum ${index}`)).find(
      (key) => placementGroupOf(key, PG_COUNT) === placementGroupOf(KEY, PG_COUNT),
    );
    const kept = await writeTo(['a', 'b', 'c'], 7, neighbour);
    startAll();
    await vi.waitFor(() => expect(world.node('c').service.figures.comparisonsEqual).toBeGreaterThan(1), WAIT);
    await writeTo(['a', 'b', 'c'], 'remove');
    await vi.waitFor(async () => expect(await recordsOf()).toEqual([undefined, undefined, undefined]), WAIT);
    for (const id of ['a', 'b', 'c']) await world.kill(id);
    skewMs += 7 * 86_400_000;
    await Promise.all(['a', 'b', 'c'].map(async (id) => comeBack(id)));
    expect(await recordsOf(neighbour)).toEqual([kept, kept, kept]);
    for (const { engine } of world.nodes.values()) expect(engine.incompleteGroups.size).toBe(0);
  });
});

describe('a node that was cut off for long, and ran all the while', () => {
  it('is in doubt about what it has until it has asked the others', async () => {
    await createWorld(['a', 'b', 'c'], 60_000);
    await writeTo(['a', 'b', 'c'], 5);
    const other = Array.from({ length: 100 }, (_, index) => productKey(`pear ${index}`)).find(
      (key) => placementGroupOf(key, PG_COUNT) !== placementGroupOf(KEY, PG_COUNT),
    );
    const kept = await writeTo(['a', 'b', 'c'], 6, other);
    startAll();
    const { service, engine } = world.node('c');
    await vi.waitFor(() => expect(service.figures.comparisonsEqual).toBeGreaterThan(1), WAIT);
    expect(service.doubtfulSinceMs).toBeUndefined();
    await service.stop();
    skewMs += 86_400_000;
    const sinceMs = service.doubtfulSinceMs;
    if (sinceMs === undefined) throw new Error('it is not in doubt');
    const droppedAtMs = clock.nowMs();
    await world.node('a').engine.noteTombstoneDrops([[placementGroupOf(KEY, PG_COUNT), droppedAtMs]]);
    await service.settleAbsence(sinceMs);
    expect((await engine.readRecord(KEY)).value).toBeUndefined();
    expect(engine.incompleteGroups.size).toBe(1);
    expect(await recordsOf(other)).toEqual([kept, kept, kept]);
    expect(service.isInDoubt(1)).toBe(false);
    // By another map it may be asked for what it does not own by this one.
    expect(service.isInDoubt(2)).toBe(true);
  });
});

describe('deletions, writes and absences in any order', () => {
  it('I19: leave nothing alive that was deleted last, and the same on all', async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      expect(await simulate(seed), `seed ${seed}`).toEqual([]);
      await world.stop();
    }
  }, 60_000);
});

/** Writes and deletes on two of three nodes at a time, with nodes killed and back. @returns keys that are not as last written */
async function simulate(seed: number): Promise<readonly string[]> {
  const random = seededRandom(seed);
  await createWorld(['a', 'b', 'c'], 30);
  startAll();
  const keys = Array.from({ length: 8 }, (_, index) => productKey(`product ${index}`));
  const alive = new Map(keys.map((key) => [key, false]));
  const up = new Set(['a', 'b', 'c']);
  for (let step = 0; step < 120; step += 1) {
    const draw = random();
    if (draw < 0.06 && up.size === 3) {
      const id = ['a', 'b', 'c'][Math.floor(random() * 3)] ?? 'a';
      up.delete(id);
      await world.kill(id);
    } else if (draw < 0.2 && up.size < 3) {
      const id = ['a', 'b', 'c'].find((one) => !up.has(one)) ?? 'a';
      await comeBack(id);
      up.add(id);
    } else if (draw < 0.35) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    } else {
      await changeOne(keys[Math.floor(random() * keys.length)] ?? '', [...up], alive);
    }
  }
  for (const id of ['a', 'b', 'c']) if (!up.has(id)) await comeBack(id);
  const wrong = async () => {
    const found = await Promise.all(keys.map(async (key) => [key, await recordsOf(key)] as const));
    const isRight = ([key, texts]: (typeof found)[number]) =>
      texts.every((text) => isAlive(text) === alive.get(key)) && new Set(texts).size === 1;
    return found.filter((one) => !isRight(one)).map(([key]) => key);
  };
  await vi.waitUntil(async () => (await wrong()).length === 0, WAIT).catch(() => undefined);
  return wrong();
}

/** Changes a key as a gateway does: on a quorum, knowing what a quorum knows. */
async function changeOne(key: string, up: readonly string[], alive: Map<string, boolean>): Promise<void> {
  const [coordinator = '', ...others] = up;
  const { engine } = world.node(coordinator);
  for (const id of others) {
    const { value } = await world.node(id).engine.readRecord(key);
    if (value !== undefined) await engine.merge(key, value);
  }
  const isThere = alive.get(key) === true;
  await writeTo([coordinator, ...others], isThere ? 'remove' : 1, key);
  alive.set(key, !isThere);
}

function isAlive(text: string | undefined): boolean {
  return text !== undefined && !isTombstone(decodeRecord(text));
}
