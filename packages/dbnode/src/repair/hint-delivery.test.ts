/*
 * What a node missed is pushed to it when it is up, by whoever was told; hints outlive the node that holds them, and go
 * when they are settled or nobody is owed anything.
 */
import { productKey, type RecordText } from '@trolley/records';
import { afterEach, expect, test, vi } from 'vitest';
import { addToProduct } from '../testing/engine-world.ts';
import { RepairWorld, type RepairWorldOptions } from '../testing/repair-world.ts';

const WAIT = { timeout: 15_000, interval: 10 };
/** Never within a test: what heals is hints. */
const HINTS_ONLY = { antiEntropyIntervalMs: 86_400_000 };

let world: RepairWorld;
afterEach(async () => world.stop());

/** Nodes a, b and c, of which c is down. */
async function createWorld(options: RepairWorldOptions = { settings: HINTS_ONLY }): Promise<RepairWorld> {
  world = new RepairWorld(options);
  for (const id of ['a', 'b', 'c']) await world.open(id);
  world.setMap();
  await world.kill('c');
  world.start('a');
  world.start('b');
  return world;
}

/** Writes on a and b, as a gateway does when c is down. */
async function writeMissed(key: string): Promise<RecordText> {
  const { record } = await world.node('a').engine.change(key, addToProduct(1), undefined);
  await world.node('b').engine.merge(key, record);
  await world.node('a').engine.addHints('c', [key]);
  return record;
}

test('all that a node missed is there when it is back, and no hint is left', async () => {
  await createWorld();
  const keys = Array.from({ length: 450 }, (_, index) => productKey(`product ${index}`));
  for (const key of keys) await writeMissed(key);
  await world.open('c');
  await vi.waitFor(async () => expect(await world.contents('c')).toEqual(await world.contents('a')), WAIT);
  await vi.waitFor(() => expect(world.node('a').engine.hints.nodes).toEqual([]), WAIT);
  expect(world.node('a').service.figures.hintsSettled).toBe(450);
});

test('each is told as an event, with the versions before and after', async () => {
  await createWorld();
  await writeMissed('product:fig');
  await writeMissed('product:fig');
  await world.open('c');
  await vi.waitFor(() => {
    expect(world.node('a').service.events.after(0, 10)).toMatchObject([
      { type: 'repaired', key: 'product:fig', node: 'c', fromVersion: 0, toVersion: 2, why: 'hint' },
    ]);
  }, WAIT);
});

test('I18: a hint outlives the node that holds it', async () => {
  await createWorld();
  await writeMissed('product:fig');
  await world.kill('a');
  await world.open('c');
  await world.open('a');
  world.start('a');
  await vi.waitFor(async () => expect(await world.contents('c')).toEqual(await world.contents('a')), WAIT);
});

test('what the node has by then is not sent again', async () => {
  await createWorld();
  const record = await writeMissed('product:fig');
  const { engine } = await world.open('c', world.node('c').medium);
  world.node('c').isUp = false;
  await engine.merge('product:fig', record);
  world.resetTraffic();
  world.node('c').isUp = true;
  await vi.waitFor(() => expect(world.node('a').engine.hints.nodes).toEqual([]), WAIT);
  expect(world.traffic.operations.filter((type) => type === 'merge')).toEqual([]);
});

test('I18: nothing is owed to a node that left the map', async () => {
  await createWorld();
  await writeMissed('product:fig');
  const nodes = ['a', 'b'].map((id) => ({ id, zone: `zone-${id}`, weight: 1, state: 'in' }) as const);
  world.setMap({ epoch: 2, nodes });
  await vi.waitFor(() => expect(world.node('a').engine.hints.nodes).toEqual([]), WAIT);
});

test('I18: past the bound whole groups are compared', async () => {
  await createWorld();
  for (const index of Array.from({ length: 40 }).keys()) await writeMissed(productKey(`product ${index}`));
  const { hints } = world.node('a').engine;
  hints.forget('c');
  hints.addGroups('c', [0, 1, 2, 3]);
  await world.open('c');
  await vi.waitFor(async () => expect(await world.contents('c')).toEqual(await world.contents('a')), WAIT);
  await vi.waitFor(() => expect(hints.nodes).toEqual([]), WAIT);
});

test('with hints off nothing is remembered', async () => {
  await createWorld({ settings: { ...HINTS_ONLY, hints: false } });
  await world.node('a').service.answer({ type: 'hint', node: 'c', keys: ['product:fig'] });
  expect(world.node('a').engine.hints.nodes).toEqual([]);
});

test('a node that hangs does not keep the others waiting', async () => {
  await createWorld();
  await writeMissed('product:fig');
  await world.node('b').engine.addHints('c', ['product:fig']);
  await world.node('a').engine.addHints('b', ['product:fig']);
  await vi.waitFor(() => expect(world.node('a').engine.hints.nodes).toEqual(['c']), WAIT);
  await world.open('c');
  world.hang('c');
  await world.node('a').engine.addHints('b', ['product:fig']);
  await vi.waitFor(() => expect(world.node('a').engine.hints.nodes).toEqual(['c']), { ...WAIT, timeout: 5_000 });
});

test('what is no longer its own a node does not push: those who own it may have deleted and forgotten it', async () => {
  await createWorld();
  await writeMissed('product:fig');
  const nodes = ['b', 'c', 'd'].map((id) => ({ id, zone: `zone-${id}`, weight: 1, state: 'in' }) as const);
  world.setMap({ epoch: 2, nodes });
  await world.open('c');
  await vi.waitFor(() => expect(world.node('a').engine.hints.nodes).toEqual([]), WAIT);
  expect(await world.contents('c')).toEqual([]);
});
