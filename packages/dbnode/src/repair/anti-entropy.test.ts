/*
 * Replicas that differ come to hold the same bytes by comparing digests alone, for a handful of small messages, and
 * tell of what they changed.
 */
import { emptyRecord, encodeRecord, productKey, remove, write, type RecordText } from '@trolley/records';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addToProduct, createUser } from '../testing/engine-world.ts';
import { RepairWorld, type RepairWorldOptions } from '../testing/repair-world.ts';

const WAIT = { timeout: 15_000, interval: 10 };

let world: RepairWorld;
afterEach(async () => world.stop());

async function createWorld(options?: RepairWorldOptions, ids = ['a', 'b', 'c']): Promise<RepairWorld> {
  world = new RepairWorld(options);
  for (const id of ids) await world.open(id);
  return world;
}

function stock(quantity: number, writer = 'x.1'): RecordText {
  return encodeRecord(write(emptyRecord, writer, [['quantity', quantity]]));
}

async function put(ids: readonly string[], key: string, text: RecordText): Promise<void> {
  await Promise.all(ids.map(async (id) => world.node(id).engine.merge(key, text)));
}

function start(): void {
  world.setMap();
  for (const id of world.nodes.keys()) world.start(id);
}

async function waitUntilAllAgree(): Promise<readonly (readonly [string, string])[]> {
  const [first = '', ...rest] = world.nodes.keys();
  await vi.waitFor(async () => {
    for (const id of rest) expect(await world.contents(id)).toEqual(await world.contents(first));
  }, WAIT);
  return world.contents(first);
}

describe('replicas that differ', () => {
  it('I17: come to hold the same: what only one had, what one had newer, what two wrote apart, what one removed', async () => {
    await createWorld();
    const old = write(emptyRecord, 'x.1', [['quantity', 5]]);
    await put(['a'], productKey('only a'), stock(1));
    await put(['b', 'c'], productKey('not a'), stock(2));
    await put(['a', 'b', 'c'], productKey('newer on b'), encodeRecord(old));
    await put(['b'], productKey('newer on b'), encodeRecord(write(old, 'x.1', [['quantity', 4]])));
    await put(['a'], productKey('apart'), stock(7, 'a.1'));
    await put(['c'], productKey('apart'), stock(3, 'c.1'));
    await put(['a', 'b', 'c'], productKey('removed on c'), encodeRecord(old));
    await put(['c'], productKey('removed on c'), encodeRecord(remove(old, 'c.1', ['quantity'])));
    await put(['a'], productKey('__proto__'), stock(1));
    start();
    const contents = new Map(await waitUntilAllAgree());
    expect(contents.size).toBe(6);
    expect(contents.get('product:removed on c')).toBe('[[["c.1",1],["x.1",1]],[]]');
    expect(contents.get('product:apart')).toContain('["c.1",1,3]');
    expect(contents.get('product:apart')).toContain('["a.1",1,7]');
  });

  it('say which record was brought from which version to which, and on which node', async () => {
    await createWorld({}, ['a', 'b']);
    const old = write(emptyRecord, 'x.1', [['quantity', 5]]);
    await put(['a', 'b'], 'product:fig', encodeRecord(old));
    await put(['b'], 'product:fig', encodeRecord(write(old, 'x.1', [['quantity', 4]])));
    start();
    await waitUntilAllAgree();
    await vi.waitFor(() => {
      const events = [...world.nodes.values()].flatMap(({ service }) => service.events.after(0, 100));
      expect(events).toContainEqual(
        expect.objectContaining({
          type: 'repaired',
          key: 'product:fig',
          node: 'a',
          fromVersion: 1,
          toVersion: 2,
          why: 'anti-entropy',
        }),
      );
    }, WAIT);
  });

  it('are healed soon after a node is back, though the next round is far off', async () => {
    await createWorld({ settings: { antiEntropyIntervalMs: 3_600_000 } });
    start();
    await vi.waitFor(() => expect(world.node('a').service.figures.comparisonsEqual).toBe(2), WAIT);
    await world.kill('c');
    await put(['a', 'b'], 'product:fig', stock(1));
    await world.open('c');
    world.start('c');
    expect(await waitUntilAllAgree()).toEqual([['product:fig', stock(1)]]);
  });

  it('I17: are compared with again when a comparison broke off', async () => {
    await createWorld({}, ['a', 'b']);
    await put(['a'], 'product:fig', stock(1));
    world.node('b').isUp = false;
    start();
    await vi.waitFor(() => expect(world.node('a').service.figures.comparisonsFailed).toBeGreaterThan(0), WAIT);
    world.node('b').isUp = true;
    await waitUntilAllAgree();
  });

  it('keep what neither owns to themselves', async () => {
    await createWorld({ pgCount: 16 }, ['a', 'b', 'c']);
    world.setMap({ replicas: 1 });
    await put(['a'], 'product:fig', stock(1));
    for (const id of world.nodes.keys()) world.start(id);
    await vi.waitFor(() => expect(world.node('a').service.figures.comparisons).toBe(0), WAIT);
    expect(await world.contents('b')).toEqual([]);
  });
});

describe('what it costs', () => {
  it('I22: one key that differs among 100,000 of a placement group: a handful of small messages', async () => {
    await createWorld({ pgCount: 1, settings: { antiEntropyIntervalMs: 3_600_000 } }, ['a', 'b']);
    const keys = Array.from({ length: 100_000 }, (_, index) => productKey(`product ${index}`));
    for (let from = 0; from < keys.length; from += 10_000) {
      await Promise.all(keys.slice(from, from + 10_000).map(async (key) => put(['a', 'b'], key, stock(1))));
    }
    await world.node('b').engine.change('product:product 4711', addToProduct(1), undefined);
    world.setMap();
    world.resetTraffic();
    world.start('a');
    await vi.waitFor(() => expect(world.node('a').service.figures.comparisons).toBe(1), WAIT);
    expect(world.node('a').engine.digest(0)).toEqual(world.node('b').engine.digest(0));
    const { messages, characters, largest } = world.traffic;
    expect(messages).toBeLessThanOrEqual(7);
    expect(largest).toBeLessThan(4_000);
    expect(characters).toBeLessThan(10_000);
  }, 60_000);

  it('I22: replicas that are equal: one message of a few hundred bytes for each comparison, however many groups', async () => {
    await createWorld({ pgCount: 256, settings: { antiEntropyIntervalMs: 3_600_000 } });
    for (let index = 0; index < 200; index += 1) {
      const { record } = await world.node('a').engine.change(`user:${index}@x`, createUser, undefined);
      await put(['b', 'c'], `user:${index}@x`, record);
    }
    world.resetTraffic();
    start();
    await vi.waitFor(() => {
      for (const { service } of world.nodes.values()) expect(service.figures.comparisonsEqual).toBe(2);
    }, WAIT);
    expect(world.traffic.operations).toEqual(Array.from({ length: 6 }, () => 'digest-groups'));
    expect(world.traffic.largest).toBeLessThan(400);
  });
});

async function run(id: string, begin = false) {
  const answer = await world.node(id).service.answer({ type: 'repair', begin });
  if (answer.type !== 'repair') throw new Error('no answer');
  return answer.run;
}

describe('a full comparison', () => {
  it('heals at once what regular ones would find much later, and ends when nothing differs', async () => {
    await createWorld({ settings: { antiEntropyIntervalMs: 3_600_000 } });
    start();
    await vi.waitFor(() => expect(world.node('a').service.figures.comparisons).toBeGreaterThanOrEqual(2), WAIT);
    await put(['a'], productKey('apple'), stock(1));
    expect(await run('a')).toBeNull();
    expect(await run('a', true)).toMatchObject({ id: 1, ended: false, passes: 1 });
    await vi.waitFor(async () => expect(await run('a')).toMatchObject({ ended: true }), WAIT);
    const ended = await run('a');
    expect(ended).toMatchObject({ id: 1, passes: 2, repaired: 2 });
    expect(ended?.peers).toEqual([
      { node: 'b', state: 'in-step' },
      { node: 'c', state: 'in-step' },
    ]);
    expect(ended?.examples.map(({ node, key, toVersion }) => `${node} ${key} ${toVersion}`).toSorted()).toEqual([
      'b product:apple 1',
      'c product:apple 1',
    ]);
    await waitUntilAllAgree();
    // What happens later does not change what is told of it.
    await put(['b'], productKey('pear'), stock(1));
    expect(await run('b', true)).toMatchObject({ id: 1 });
    await waitUntilAllAgree();
    expect(await run('a')).toEqual(ended);
    expect(await run('a', true)).toMatchObject({ id: 2 });
  });

  it('tells who is down and what could not be compared, and ends', async () => {
    await createWorld({ settings: { antiEntropyIntervalMs: 3_600_000 } });
    start();
    await world.kill('c');
    world.node('b').isUp = false;
    await run('a', true);
    await vi.waitFor(async () => expect(await run('a')).toMatchObject({ ended: true }), WAIT);
    expect((await run('a'))?.peers).toEqual([
      { node: 'b', state: 'failed', error: 'connection refused' },
      { node: 'c', state: 'down' },
    ]);
  });

  it('does not begin without a map', async () => {
    await createWorld();
    for (const id of world.nodes.keys()) world.start(id);
    expect(await run('a', true)).toBeNull();
  });
});
