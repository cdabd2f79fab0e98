/*
 * Registers on several nodes: repair brings what was accepted to whoever missed it, takes no vote from anyone and gives
 * none that must not be given; what was released goes like any deletion, and does not come back by a message that is late.
 */
import { systemClock } from '@trolley/cluster';
import { decodeRegister, emptyRegister, type Ballot, type Register } from '@trolley/records';
import { afterEach, expect, test, vi } from 'vitest';
import { RepairWorld, type RepairWorldOptions } from '../testing/repair-world.ts';

const WAIT = { timeout: 15_000, interval: 10 };
const KEY = 'item:hamlet';

let world: RepairWorld;
afterEach(async () => world.stop());

async function createWorld(options: RepairWorldOptions = {}): Promise<RepairWorld> {
  world = new RepairWorld(options);
  for (const id of ['a', 'b', 'c']) await world.open(id);
  world.setMap();
  return world;
}

function startAll(): void {
  for (const id of world.nodes.keys()) world.start(id);
}

async function accept(ids: readonly string[], ballot: Ballot, value: string | null, next: Ballot | null = null) {
  const answers = ids.map(async (id) => world.node(id).engine.accept(KEY, { ballot, value, next }));
  return (await Promise.all(answers)).map(({ type }) => type);
}

async function registerOn(id: string, key = KEY): Promise<Register> {
  const { value } = await world.node(id).engine.readRecord(key);
  return value === undefined ? emptyRegister : decodeRegister(value);
}

const equalSoFar = () => [...world.nodes.values()].map(({ service }) => service.figures.comparisonsEqual);

/** Resolves when every node has compared a few times more, and found everything equal. */
async function roundsInAgreement(): Promise<void> {
  const before = equalSoFar();
  await vi.waitFor(
    () => equalSoFar().forEach((count, at) => expect(count).toBeGreaterThan((before[at] ?? 0) + 3)),
    WAIT,
  );
}

test('anti-entropy brings what was accepted to whoever missed it, and takes promises nowhere', async () => {
  await createWorld();
  await accept(['a', 'b'], [5, 'p'], 'v', [6, 'p']);
  await world.node('c').engine.prepare('item:other', [3, 'q']);
  startAll();
  await vi.waitFor(async () => expect((await registerOn('c')).accepted).toEqual([5, 'p']), WAIT);
  await roundsInAgreement();
  expect(await registerOn('c')).toEqual({ accepted: [5, 'p'], value: 'v', promised: [5, 'p'], heard: false });
  expect(await registerOn('a')).toEqual({ accepted: [5, 'p'], value: 'v', promised: [6, 'p'], heard: false });
  // Where nothing but a promise is, nothing differs.
  expect(await registerOn('a', 'item:other')).toEqual(emptyRegister);
  expect(await registerOn('c', 'item:other')).toEqual({ ...emptyRegister, promised: [3, 'q'] });
  const events = [...world.nodes.values()].flatMap(({ service }) => service.events.after(0, 10));
  expect(events).toMatchObject([{ type: 'repaired', key: KEY, node: 'c', fromVersion: 0, toVersion: 5 }]);
});

test('a value that reached one replica becomes known to all, and decided by none of it where more was promised', async () => {
  await createWorld();
  // The proposer of 5 reached a alone. The one of 6 was promised by b and c, saw nothing, and is about to write.
  await accept(['a'], [5, 'p'], 'lost');
  for (const id of ['b', 'c']) await world.node(id).engine.prepare(KEY, [6, 'q']);
  startAll();
  await vi.waitFor(async () => {
    for (const id of ['b', 'c']) expect((await registerOn(id)).accepted).toEqual([5, 'p']);
  }, WAIT);
  await roundsInAgreement();
  const votes = await Promise.all(['a', 'b', 'c'].map(async (id) => (await registerOn(id)).heard));
  expect(votes).toEqual([false, true, true]);
  expect(await accept(['b', 'c'], [5, 'p'], 'lost')).toEqual(['outbid', 'outbid']);
  expect(await accept(['b', 'c'], [6, 'q'], 'won')).toEqual(['accepted', 'accepted']);
  await vi.waitFor(async () => expect((await registerOn('a')).value).toBe('won'), WAIT);
});

test('a hint brings it, with the versions that people are shown', async () => {
  await createWorld({ settings: { antiEntropyIntervalMs: 86_400_000 } });
  await world.kill('c');
  for (const id of ['a', 'b']) world.start(id);
  await accept(['a', 'b'], [7, 'p'], 'v', [8, 'p']);
  await world.node('a').engine.addHints('c', [KEY]);
  await world.open('c');
  await vi.waitFor(async () => expect(await registerOn('c')).toMatchObject({ accepted: [7, 'p'], heard: false }), WAIT);
  await vi.waitFor(() => {
    expect(world.node('a').service.events.after(0, 10)).toMatchObject([
      { type: 'repaired', key: KEY, node: 'c', fromVersion: 0, toVersion: 7, why: 'hint' },
    ]);
  }, WAIT);
});

test('I29: what was released goes from all when all have it, though their promises differ, and no late accept brings it back', async () => {
  await createWorld({ settings: { tombstoneGraceMs: 100 } });
  await accept(['a', 'b', 'c'], [5, 'p'], 'v', [6, 'p']);
  await accept(['a', 'b'], [6, 'p'], null, [7, 'p']);
  await world.node('b').engine.prepare(KEY, [9, 'q']);
  startAll();
  await vi.waitFor(async () => {
    for (const id of ['a', 'b', 'c']) expect((await world.node(id).engine.readRecord(KEY)).value).toBeUndefined();
  }, WAIT);
  await roundsInAgreement();
  expect(await accept(['a', 'b', 'c'], [6, 'p'], null)).toEqual(['outbid', 'outbid', 'outbid']);
  expect(await accept(['a', 'b'], [7, 'p'], 'late')).toEqual(['outbid', 'outbid']);
  // The register itself lives on, above all that was promised before.
  const promises = await Promise.all(['a', 'b', 'c'].map(async (id) => world.node(id).engine.prepare(KEY, [10, 'r'])));
  expect(promises).toEqual(promises.map(() => ({ type: 'promised', accepted: null, value: null })));
});

test('I29: a released register stays while one owner lacks it, and while it is not released everywhere', async () => {
  const clock = systemClock;
  await createWorld({ settings: { tombstoneGraceMs: 0, antiEntropyIntervalMs: 50 }, clock });
  await accept(['a', 'b', 'c'], [5, 'p'], 'v');
  await accept(['a', 'b'], [6, 'p'], null);
  await world.kill('c');
  for (const id of ['a', 'b']) world.start(id);
  const figures = ['a', 'b'].map((id) => world.node(id).service.figures);
  await vi.waitFor(() => figures.forEach(({ comparisonsEqual }) => expect(comparisonsEqual).toBeGreaterThan(5)), WAIT);
  for (const id of ['a', 'b']) expect(await registerOn(id)).toMatchObject({ accepted: [6, 'p'], value: null });
});

test('a promise of which nothing came is forgotten in time, and kept all the same', async () => {
  await createWorld({ settings: { tombstoneGraceMs: 100 } });
  for (const id of ['a', 'b']) await world.node(id).engine.prepare(KEY, [5, 'p']);
  await world.node('a').engine.accept('item:kept', { ballot: [1, 'p'], value: 'v', next: null });
  startAll();
  await vi.waitFor(async () => {
    for (const id of ['a', 'b', 'c']) {
      expect((await world.contents(id)).map(([key]) => key)).toEqual(['item:kept']);
      expect(world.node(id).engine.barePromises.size).toBe(0);
    }
  }, WAIT);
  expect(await accept(['a', 'b'], [5, 'p'], 'late')).toEqual(['outbid', 'outbid']);
  expect(await world.node('a').engine.prepare(KEY, [6, 'p'])).toMatchObject({ type: 'promised', accepted: null });
});
