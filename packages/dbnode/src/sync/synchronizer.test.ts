import { systemClock, type Batch, type NodeTransport } from '@trolley/cluster';
import { gainedGroups, place, placeGroup, placementGroupOf, type ClusterMap, type MapNode } from '@trolley/crush';
import {
  decodeRegister,
  emptyRecord,
  encodeRecord,
  encodeRegister,
  productKey,
  write,
  type Ballot,
} from '@trolley/records';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { createExecutor, executeBatch } from '../execute-batch.ts';
import { NodeEvents } from '../repair/node-events.ts';
import { createRepairAnswers } from '../repair/repair-answers.ts';
import { RepairPeers } from '../repair/repair-peers.ts';
import { Throttle } from '../repair/throttle.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { Synchronizer } from './synchronizer.ts';

const node = (id: string): MapNode => ({ id, zone: `zone-${id}`, weight: 1, state: 'in' });
const settled: ClusterMap = { epoch: 1, pgCount: 16, replicas: 2, nodes: ['a', 'b'].map(node) };
const moving: ClusterMap = { ...settled, epoch: 2, nodes: ['a', 'b', 'c'].map(node), previousNodes: settled.nodes };
const keys = Array.from({ length: 1_200 }, (_, index) => productKey(`product ${index}`));

function registerText(accepted: Ballot, value: string, promised = accepted): string {
  return encodeRegister({ accepted, value, promised, heard: false });
}

const running: Synchronizer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (synchronizer) => synchronizer.stop()));
});

/** Nodes a and b with all the records, and node c that wants its share of them. */
function createWorld(engine = new FakeEngine('c'), sourceIds: readonly string[] = ['a', 'b']) {
  const registry = new FakeRegistry();
  const engines = sourceIds.map((id) => new FakeEngine(id));
  for (const source of engines) {
    for (const key of keys) source.records.set(key, encodeRecord(write(emptyRecord, 'a.1', [['quantity', 1]])));
  }
  const sources = engines.map((source, index) => ({
    source,
    epoch: 2,
    isUp: true,
    port: index + 1,
    /** Groups that it told of, and records that it gave. */
    told: 0,
    compared: 0,
    given: 0,
    /** Gives so many records, then breaks. */
    givesMax: Infinity,
  }));
  for (const { source, port } of sources) {
    registry.announceNode({ id: source.nodeId, host: 'localhost', port, zone: 'z', weight: 1 });
  }
  const transport: NodeTransport = {
    async send({ port }, batch: Batch) {
      const target = sources[port - 1];
      if (target === undefined || !target.isUp) throw new Error('connection refused');
      target.compared += batch.operations.filter(({ type }) => type === 'digest-groups').length;
      target.told += batch.operations.filter(({ type }) => type === 'digest-entries').length;
      target.given += batch.operations.filter(({ type }) => type === 'read').length;
      if (target.given > target.givesMax) throw new Error('the connection broke');
      const answers = createRepairAnswers({
        engine: target.source,
        hints: true,
        events: new NodeEvents(systemClock),
        fetching: () => undefined,
        repairRun: () => undefined,
        clock: systemClock,
        inStepAsOfMs: () => undefined,
        map: () => registry.view.stored?.map,
      });
      const execute = createExecutor(target.source, systemClock, { finished: () => {} }, answers);
      const results = await executeBatch(execute, batch.operations);
      return { node: batch.to, epoch: target.epoch, epochInForce: target.epoch, syncedEpoch: target.epoch, results };
    },
    forget: () => {},
    close: async () => {},
  };
  const events = new NodeEvents(systemClock);
  const gate = { mayFetch: true };
  const start = (recordsPerSecond = 1_000_000, pgCount = settled.pgCount) => {
    const logger = pino({ level: 'silent' });
    const clock = systemClock;
    const peers = new RepairPeers({ nodeId: engine.nodeId, registry, transport, clock });
    const throttle = new Throttle(clock, recordsPerSecond);
    const synchronizer = new Synchronizer({
      registry,
      engine,
      pgCount,
      peers,
      events,
      mayFetch: () => gate.mayFetch,
      throttle,
      clock,
      logger,
    });
    running.push(synchronizer);
    return synchronizer;
  };
  return { registry, engine, sources, events, gate, start };
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

test('I8: a node that lost everything lacks nothing once it has the groups that it owns', async () => {
  const grown: ClusterMap = { ...settled, nodes: moving.nodes };
  const everything = Array.from({ length: grown.pgCount }, (_, pg) => pg);
  expect(everything.some((pg) => !placeGroup(grown, pg).includes('c'))).toBe(true);
  const { registry, engine, sources, start } = createWorld(new FakeEngine('c', everything));
  for (const source of sources) source.epoch = 1;
  const synchronizer = start();
  registry.answer(grown);
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(1));
  expect([...engine.incompleteGroups]).toEqual([]);
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
  // It is asked again and again, as long as it is not complete.
  await vi.waitFor(() => expect(first.compared).toBeGreaterThan(1), { timeout: 5_000 });
  first.source.records.set(lost, record);
  first.source.incompleteGroups = new Set();
  const compared = first.compared;
  await vi.waitFor(() => expect(first.compared).toBeGreaterThan(compared), { timeout: 5_000 });
  second.isUp = true;
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  expect(engine.records.get(lost)).toBe(record);
});

test('who has told is not asked again while others are awaited, and what is here is not fetched twice', async () => {
  const { registry, sources, start } = createWorld();
  const [first, second] = sources;
  if (first === undefined || second === undefined) throw new Error('no sources');
  second.isUp = false;
  const synchronizer = start();
  registry.answer(moving);
  await vi.waitFor(() => expect(first.told).toBeGreaterThan(0));
  second.isUp = true;
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  const wanted = keys.filter((key) => place(moving, key).includes('c')).length;
  expect(first.given).toBe(wanted);
  // The second holds the same: digests say so.
  expect([second.told, second.given]).toEqual([0, 0]);
});

test('a source that breaks midway is asked again only for what it did not tell to its end', async () => {
  const { registry, sources, engine, start } = createWorld();
  const [first] = sources;
  if (first === undefined) throw new Error('no sources');
  first.givesMax = 300;
  const synchronizer = start();
  registry.answer(moving);
  await vi.waitFor(() => expect(first.given).toBeGreaterThan(300));
  first.givesMax = Infinity;
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  const wanted = keys.filter((key) => place(moving, key).includes('c')).length;
  expect(engine.records.size).toBe(wanted);
  // What had arrived was not asked for again, but for the groups that were under way when it broke.
  expect(first.given + (sources[1]?.given ?? 0)).toBeLessThan(wanted + 700);
});

test('it tells how far it is, in events too, and nothing more once it has it all', async () => {
  const { registry, events, start } = createWorld();
  const synchronizer = start(2_000);
  expect(synchronizer.progress).toBeUndefined();
  registry.answer(moving);
  const groups = gainedGroups(moving, 'c').length;
  await vi.waitFor(() => expect(synchronizer.progress).toMatchObject({ epoch: 2, groups }));
  const { groupsDone = 0, groupsLeft = [] } = synchronizer.progress ?? {};
  expect(groupsLeft).toHaveLength(groups - groupsDone);
  expect(gainedGroups(moving, 'c')).toEqual(expect.arrayContaining([...groupsLeft]));
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  expect(synchronizer.progress).toBeUndefined();
  const told = events.after(0, 100);
  expect(told[0]).toMatchObject({ type: 'move-started', epoch: 2, groups, groupsDone: 0 });
  expect(told.at(-1)).toMatchObject({ type: 'move-ended', epoch: 2, groups, groupsDone: groups });
  const done = told.map((event) => ('groupsDone' in event ? event.groupsDone : -1));
  expect(done).toEqual(done.toSorted((a, b) => a - b));
});

test('it fetches no faster than it may', async () => {
  const { registry, start } = createWorld();
  const wanted = keys.filter((key) => place(moving, key).includes('c')).length;
  const synchronizer = start(wanted * 2);
  const startMs = performance.now();
  registry.answer(moving);
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  // The first hundred of each group are not waited for, so a little less than half a second.
  expect(performance.now() - startMs).toBeGreaterThan(200);
});

test('a map that comes while it fetches is taken up at once, from the beginning', async () => {
  const { registry, engine, sources, start } = createWorld();
  const synchronizer = start(400);
  registry.answer(moving);
  await vi.waitFor(() => expect(engine.records.size).toBeGreaterThan(0));
  for (const source of sources) source.epoch = 3;
  registry.setMap({ ...moving, epoch: 3, nodes: ['a', 'b'].map(node), previousNodes: settled.nodes });
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(3), { timeout: 5_000 });
});

test('I8: a node that counts in other groups than the map completes none by the map’s numbers', async () => {
  const { registry, engine, sources, start } = createWorld(new FakeEngine('a', [3]));
  const planned = vi.spyOn(systemClock, 'after');
  const synchronizer = start(1_000_000, 10);
  registry.answer(settled);
  await new Promise((resolve) => setTimeout(resolve, 20));
  // Nor does it try again and again, at the cost of everything else.
  expect(planned.mock.calls.length).toBeLessThan(3);
  planned.mockRestore();
  await synchronizer.stop();
  expect(engine.completed).toEqual([]);
  expect(sources.every(({ compared }) => compared === 0)).toBe(true);
  expect(synchronizer.syncedEpoch).toBe(0);
});

test('a register is fetched with what its owners promised: nothing below is decided here, to be undone by what comes late', async () => {
  const { registry, engine, sources, start } = createWorld();
  const [key = ''] = Array.from({ length: 50 }, (_, index) => `item:${index}`).filter((each) => {
    return gainedGroups(moving, 'c').includes(placementGroupOf(each, moving.pgCount));
  });
  // Somebody has the promise for 5, and one owner more, which is away, has accepted what was proposed.
  for (const { source } of sources) source.records.set(key, registerText([2, 'p'], 'old', [5, 'q']));
  const synchronizer = start();
  registry.answer(moving);
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  expect(engine.records.get(key)).toBe(
    encodeRegister({ ...decodeRegister(registerText([2, 'p'], 'old')), heard: true }),
  );
  const lower = { ballot: [3, 'r'], value: 'lower', next: null } as const;
  expect(await engine.prepare(key, lower.ballot)).toMatchObject({ type: 'outbid' });
  expect(await engine.accept(key, lower)).toMatchObject({ type: 'outbid' });
  await engine.accept(key, { ballot: [6, 'r'], value: 'decided', next: null });
  expect(await engine.merge(key, registerText([5, 'q'], 'late'))).toBe(false);
});

const threeOwners: ClusterMap = { ...settled, replicas: 3, nodes: ['a', 'b', 'd'].map(node) };
const movingFromThree: ClusterMap = {
  ...threeOwners,
  epoch: 2,
  nodes: ['a', 'b', 'c', 'd'].map(node),
  previousNodes: threeOwners.nodes,
};

/** Nodes a and d decided on a register; a may have forgotten it, b missed it, and d is down. */
function createForgetfulWorld() {
  const world = createWorld(new FakeEngine('c'), ['a', 'b', 'd']);
  const [a, , d] = world.sources;
  if (a === undefined || d === undefined) throw new Error('no sources');
  const groups = gainedGroups(movingFromThree, 'c');
  const [key = ''] = Array.from({ length: 50 }, (_, index) => `item:${index}`).filter((each) => {
    return groups.includes(placementGroupOf(each, movingFromThree.pgCount));
  });
  a.source.votelessGroups = new Set(groups);
  d.source.records.set(key, registerText([7, 'p'], 'decided'));
  d.isUp = false;
  return { ...world, d, key };
}

test('I24: a source that may have forgotten what it accepted does not stand in for the one that knows', async () => {
  const { registry, engine, start, sources, d, key } = createForgetfulWorld();
  const synchronizer = start();
  registry.answer(movingFromThree);
  // All that are up have been asked, and asked again.
  await vi.waitFor(() => expect(sources[0]?.compared).toBeGreaterThan(1), { timeout: 5_000 });
  expect(synchronizer.syncedEpoch).toBe(0);
  d.isUp = true;
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  expect(decodeRegister(engine.records.get(key) ?? '')).toMatchObject({ value: 'decided' });
});

test('a source that the map gave up, and that cannot be reached, is not waited for because another has no vote', async () => {
  const { registry, start } = createForgetfulWorld();
  const synchronizer = start();
  const nodes = movingFromThree.nodes.map((each) => (each.id === 'd' ? { ...each, state: 'out' as const } : each));
  registry.answer({ ...movingFromThree, nodes });
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
});

test('I24: a source that is to leave is asked all the same', async () => {
  const { registry, engine, start, d, key } = createForgetfulWorld();
  d.isUp = true;
  const synchronizer = start();
  const nodes = movingFromThree.nodes.map((each) => (each.id === 'd' ? { ...each, state: 'out' as const } : each));
  registry.answer({ ...movingFromThree, nodes });
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(2), { timeout: 5_000 });
  expect(decodeRegister(engine.records.get(key) ?? '')).toMatchObject({ value: 'decided' });
});

test('it adds to nothing of which it is being settled what may stay, and then starts over', async () => {
  const { registry, engine, gate, sources, start } = createWorld(new FakeEngine('a'));
  for (const source of sources) source.epoch = 1;
  const synchronizer = start();
  registry.answer(settled);
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(1));
  gate.mayFetch = false;
  engine.incompleteGroups = new Set([3]);
  synchronizer.startOver();
  expect(synchronizer.syncedEpoch).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(engine.completed).toEqual([]);
  gate.mayFetch = true;
  synchronizer.startOver();
  await vi.waitFor(() => expect(synchronizer.syncedEpoch).toBe(1), { timeout: 5_000 });
  expect(engine.completed).toContain(3);
});
