import { systemClock, type NodeTransport } from '@trolley/cluster';
import { place, type ClusterMap, type MapNode } from '@trolley/crush';
import { decodeRegister, emptyRecord, encodeRecord, productKey, write } from '@trolley/records';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { createExecutor, executeBatch } from '../execute-batch.ts';
import { RepairPeers } from '../repair/repair-peers.ts';
import { Throttle } from '../repair/throttle.ts';
import { answersOf } from '../testing/answers-of.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { Shedder } from './shedder.ts';

const WAIT = { timeout: 10_000 };
const node = (id: string): MapNode => ({ id, zone: id, weight: 1, state: 'in' });
const others = ['a', 'b', 'c'];
const settled: ClusterMap = { epoch: 3, pgCount: 16, replicas: 3, nodes: [...others, 'd'].map(node) };
const RECORD = encodeRecord(write(emptyRecord, 'a.1', [['quantity', 1]]));
const keys = Array.from({ length: 400 }, (_, index) => productKey(`product ${index}`));
const own = keys.filter((key) => place(settled, key).includes('d'));
const left = keys.filter((key) => !place(settled, key).includes('d'));

const running: Shedder[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (shedder) => shedder.stop()));
});

/** Node d, which holds everything, and nodes a, b and c, which hold what is theirs. */
function createWorld() {
  const registry = new FakeRegistry();
  const engine = new FakeEngine('d');
  for (const key of keys) engine.records.set(key, RECORD);
  const owners = others.map((id, index) => ({
    engine: new FakeEngine(id),
    port: index + 1,
    isUp: true,
    synced: 3,
    pings: 0,
  }));
  for (const owner of owners) {
    registry.announceNode({ id: owner.engine.nodeId, host: 'localhost', port: owner.port, zone: 'z', weight: 1 });
    for (const key of keys)
      if (place(settled, key).includes(owner.engine.nodeId)) owner.engine.records.set(key, RECORD);
  }
  const transport: NodeTransport = {
    async send({ port }, batch) {
      const owner = owners[port - 1];
      if (owner !== undefined && batch.operations.length === 0) owner.pings += 1;
      if (owner === undefined || !owner.isUp) throw new Error('connection refused');
      const execute = createExecutor(owner.engine, systemClock, { finished: () => {} }, answersOf(owner.engine));
      await hooks.onAnswer(
        owner.engine,
        batch.operations.map(({ type }) => type),
      );
      const results = await executeBatch(execute, batch.operations);
      return { node: batch.to, epoch: 3, epochInForce: 3, syncedEpoch: owner.synced, results };
    },
    forget: () => {},
    close: async () => {},
  };
  const heard = { epoch: 0 };
  /** Called before each answer of an owner. */
  const hooks = { onAnswer: async (_owner: FakeEngine, _types: readonly string[]) => {} };
  const start = () => {
    const clock = systemClock;
    const shedder = new Shedder({
      registry,
      engine,
      pgCount: settled.pgCount,
      peers: new RepairPeers({ nodeId: 'd', registry, transport, clock }),
      throttle: new Throttle(clock, 1_000_000),
      graceMs: 4,
      newestEpoch: () => Math.max(heard.epoch, registry.view.stored?.map.epoch ?? 0),
      clock,
      logger: pino({ level: 'silent' }),
    });
    running.push(shedder);
    return shedder;
  };
  const owner = (id: string) => {
    const found = owners.find((each) => each.engine.nodeId === id);
    if (found === undefined) throw new Error(`no owner ${id}`);
    return found;
  };
  return { registry, engine, owner, heard, hooks, start };
}

test('I20: what moved away goes once every owner holds it, and what is its own stays', async () => {
  const { registry, engine, start } = createWorld();
  start();
  registry.answer(settled);
  await vi.waitFor(() => expect(engine.records.size).toBe(own.length), WAIT);
  expect([...engine.records.keys()].toSorted()).toEqual(own.toSorted());
});

test('I20: a write that only this node has is given to every owner before it goes', async () => {
  const { registry, engine, owner, start } = createWorld();
  const [key = ''] = left;
  const newer = encodeRecord(write(emptyRecord, 'd.1', [['quantity', 7]]));
  engine.records.set(key, newer);
  for (const id of place(settled, key)) owner(id).engine.records.delete(key);
  start();
  registry.answer(settled);
  await vi.waitFor(() => expect(engine.records.size).toBe(own.length), WAIT);
  for (const id of place(settled, key)) expect(owner(id).engine.records.get(key)).toBe(newer);
});

test('I19: a key that an owner may have deleted and forgotten is not brought back', async () => {
  const { registry, engine, owner, start } = createWorld();
  const [key = ''] = left;
  for (const id of place(settled, key)) {
    owner(id).engine.records.delete(key);
    await owner(id).engine.noteTombstoneDrops(Array.from({ length: 16 }, (_, pg) => [pg, 5] as const));
  }
  start();
  registry.answer(settled);
  await vi.waitFor(() => expect(engine.records.size).toBe(own.length), WAIT);
  for (const id of place(settled, key)) expect(owner(id).engine.records.has(key)).toBe(false);
});

test('I20: nothing goes while an owner is away, behind or lacks data; then it does', async () => {
  const { registry, engine, owner, start } = createWorld();
  // Of every group that node d lost, the three others are the owners.
  const a = owner('a');
  start();
  registry.answer({ ...settled, epoch: 2, previousNodes: settled.nodes });
  a.isUp = false;
  registry.setMap(settled);
  await vi.waitFor(() => expect(a.pings).toBeGreaterThan(0), WAIT);
  a.synced = 2;
  a.isUp = true;
  await vi.waitFor(() => expect(a.pings).toBeGreaterThan(1), WAIT);
  expect(engine.records.size).toBe(keys.length);
  a.synced = 3;
  a.engine.incomplete = true;
  await vi.waitFor(() => expect(a.pings).toBeGreaterThan(2), WAIT);
  expect(engine.records.size).toBe(keys.length);
  a.engine.incomplete = false;
  await vi.waitFor(() => expect(engine.records.size).toBe(own.length), WAIT);
});

test('I9: once a newer map is heard of, nothing more goes: by it the group may be this node’s again', async () => {
  const { registry, engine, owner, heard, start } = createWorld();
  const release = owner('a').engine.hold();
  start();
  registry.answer(settled);
  await vi.waitFor(() => expect(owner('a').engine.started).toBeGreaterThan(0), WAIT);
  const held = engine.records.size;
  heard.epoch = 4;
  release();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(engine.records.size).toBe(held);
});

test('nor is one that the owners forget while they are asked', async () => {
  const { registry, engine, owner, hooks, start } = createWorld();
  const [key = ''] = left;
  let isForgotten = false;
  // All owners drop the key between the first question of any kind and the first about a key.
  hooks.onAnswer = async (_owner, types) => {
    if (isForgotten || !types.includes('read')) return;
    isForgotten = true;
    for (const id of place(settled, key)) {
      const { engine: forgetful } = owner(id);
      await forgetful.noteTombstoneDrops(Array.from({ length: 16 }, (_, pg) => [pg, 5] as const));
      forgetful.records.delete(key);
    }
  };
  start();
  registry.answer(settled);
  await vi.waitFor(() => expect(engine.records.size).toBe(own.length), WAIT);
  for (const id of place(settled, key)) expect(owner(id).engine.records.has(key)).toBe(false);
  // It may as well have been a write that only this node had: people can look.
  expect(engine.setAsides).toHaveLength(1);
});

test('I19: nor is one that this node puts aside meanwhile, as it had missed its deletion', async () => {
  const { registry, engine, owner, hooks, start } = createWorld();
  const [key = ''] = left;
  const drops = Array.from({ length: 16 }, (_, pg) => [pg, 5] as const);
  for (const id of place(settled, key)) {
    owner(id).engine.records.delete(key);
    await owner(id).engine.noteTombstoneDrops(drops);
  }
  // It settles its absence while the owners are asked: what they told counts as its own part from then on.
  hooks.onAnswer = async (_owner, types) => {
    if (!types.includes('tombstone-drops')) return;
    engine.records.delete(key);
    await engine.noteTombstoneDrops(drops);
  };
  start();
  registry.answer(settled);
  await vi.waitFor(() => expect(engine.records.size).toBe(own.length), WAIT);
  await running.at(-1)?.stop();
  for (const id of place(settled, key)) expect(owner(id).engine.records.has(key)).toBe(false);
});

test('what a register accepted is given to the owners before it goes', async () => {
  const { registry, engine, owner, start } = createWorld();
  const [key = ''] = Array.from({ length: 50 }, (_, index) => `item:${index}`).filter(
    (each) => !place(settled, each).includes('d'),
  );
  const owners = place(settled, key);
  await engine.accept(key, { ballot: [5, 'p'], value: 'v', next: [6, 'p'] });
  await Promise.all(owners.map(async (id) => owner(id).engine.prepare(key, [3, 'p'])));
  start();
  registry.answer(settled);
  await vi.waitFor(() => expect(engine.records.size).toBe(own.length), WAIT);
  for (const id of owners) {
    const text = owner(id).engine.records.get(key) ?? '';
    expect(decodeRegister(text)).toEqual({ accepted: [5, 'p'], value: 'v', promised: [5, 'p'], heard: false });
  }
});
