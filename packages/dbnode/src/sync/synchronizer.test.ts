import { systemClock, type Batch, type NodeTransport } from '@trolley/cluster';
import { place, placementGroupOf, type ClusterMap, type MapNode } from '@trolley/crush';
import { emptyRecord, encodeRecord, productKey, write } from '@trolley/records';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { createExecutor, executeBatch } from '../execute-batch.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { Synchronizer } from './synchronizer.ts';

const node = (id: string): MapNode => ({ id, zone: `zone-${id}`, weight: 1, state: 'in' });
const settled: ClusterMap = { epoch: 1, pgCount: 16, replicas: 2, nodes: ['a', 'b'].map(node) };
const moving: ClusterMap = { ...settled, epoch: 2, nodes: ['a', 'b', 'c'].map(node), previousNodes: settled.nodes };
const keys = Array.from({ length: 1_200 }, (_, index) => productKey(`product ${index}`));

const running: Synchronizer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (synchronizer) => synchronizer.stop()));
});

/** Nodes a and b with all the records, and node c that wants its share of them. */
function createWorld(engine = new FakeEngine('c')) {
  const registry = new FakeRegistry();
  const engines = [new FakeEngine('a'), new FakeEngine('b')];
  for (const source of engines) {
    for (const key of keys) source.records.set(key, encodeRecord(write(emptyRecord, 'a.1', [['quantity', 1]])));
  }
  const sources = engines.map((source, index) => ({
    source,
    epoch: 2,
    isUp: true,
    port: index + 1,
    calls: 0,
    scans: 0,
  }));
  for (const { source, port } of sources) {
    registry.announceNode({ id: source.nodeId, host: 'localhost', port, zone: 'z', weight: 1 });
  }
  const transport: NodeTransport = {
    async send({ port }, batch: Batch) {
      const target = sources[port - 1];
      if (target === undefined) throw new Error('no such node');
      target.calls += 1;
      if (!target.isUp) throw new Error('connection refused');
      target.scans += batch.operations.filter(({ type }) => type === 'scan').length;
      const execute = createExecutor(target.source, systemClock, { finished: () => {} });
      const results = await executeBatch(execute, batch.operations);
      return { node: batch.to, epoch: target.epoch, syncedEpoch: target.epoch, results };
    },
    forget: () => {},
    close: async () => {},
  };
  const start = (pgCount = settled.pgCount) => {
    const logger = pino({ level: 'silent' });
    const synchronizer = new Synchronizer({ registry, engine, pgCount, transport, clock: systemClock, logger });
    running.push(synchronizer);
    return synchronizer;
  };
  return { registry, engine, sources, start };
}

test('a node that joins fetches the records that it is placed on, and no others', async () => {
  const { registry, engine, start } = createWorld();
  const synchronizer = start();
  expect(synchronizer.syncedEpoch).toBe(0);
  registry.answer(moving);
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2));
  const wanted = keys.filter((key) => place(moving, key).includes('c'));
  expect([...engine.records.keys()].toSorted()).toEqual(wanted.toSorted());
});

test('a map that moves nothing is in step at once', async () => {
  const { registry, engine, start } = createWorld(new FakeEngine('a'));
  const synchronizer = start();
  registry.answer(settled);
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(1));
  expect(engine.records.size).toBe(0);
});

test('I9: a source that does not know the new map yet is not believed to have told all', async () => {
  const { registry, sources, start } = createWorld();
  for (const source of sources) source.epoch = 1;
  const synchronizer = start();
  registry.answer(moving);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(synchronizer.syncedEpoch).toBe(0);
  for (const source of sources) source.epoch = 2;
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
});

test('with too few sources up it waits for them', async () => {
  const { registry, sources, start } = createWorld();
  const [first] = sources;
  if (first === undefined) throw new Error('no sources');
  first.isUp = false;
  const synchronizer = start();
  registry.answer(moving);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(synchronizer.syncedEpoch).toBe(0);
  first.isUp = true;
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
});

test('I8: groups of which data was lost are fetched, and then marked complete', async () => {
  const { registry, engine, sources, start } = createWorld(new FakeEngine('a', [0, 3]));
  for (const source of sources) source.epoch = 1;
  const synchronizer = start();
  registry.answer(settled);
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(1));
  expect(new Set(engine.completed)).toEqual(new Set([0, 3]));
  expect(engine.records.size).toBeGreaterThan(0);
  expect(engine.records.size).toBeLessThan(keys.length);
});

test('I8: a source that lost data itself is asked again until it has it back', async () => {
  const { registry, engine, sources, start } = createWorld();
  const [first] = sources;
  if (first === undefined) throw new Error('no sources');
  const [lost = ''] = keys.filter((key) => place(moving, key).includes('c') && place(settled, key).includes('a'));
  const record = first.source.records.get(lost) ?? '';
  for (const { source } of sources) source.records.delete(lost);
  first.source.incompleteGroups = new Set([placementGroupOf(lost, moving.pgCount)]);
  const [, second] = sources;
  if (second === undefined) throw new Error('no second source');
  second.isUp = false;
  const synchronizer = start();
  registry.answer(moving);
  await vi.waitFor(() => expect(second.calls).toBeGreaterThan(0));
  first.source.records.set(lost, record);
  first.source.incompleteGroups = new Set();
  second.isUp = true;
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  expect(engine.records.get(lost)).toBe(record);
});

test('who has told all is not asked again while others are awaited', async () => {
  const { registry, sources, start } = createWorld();
  const [first, second] = sources;
  if (first === undefined || second === undefined) throw new Error('no sources');
  second.isUp = false;
  const synchronizer = start();
  registry.answer(moving);
  await vi.waitFor(() => expect(second.calls).toBeGreaterThan(0));
  second.isUp = true;
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  expect(first.scans).toBe(second.scans);
});

test('I8: a node that counts in other groups than the map completes none by the map’s numbers', async () => {
  const { registry, engine, sources, start } = createWorld(new FakeEngine('a', [3]));
  const synchronizer = start(10);
  registry.answer(settled);
  await synchronizer.stop();
  expect({ completed: engine.completed, scans: sources.map(({ scans }) => scans) }).toEqual({
    completed: [],
    scans: [0, 0],
  });
  expect(synchronizer.syncedEpoch).toBe(0);
});
