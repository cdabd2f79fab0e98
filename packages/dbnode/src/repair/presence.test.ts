import { createManualClock } from '@trolley/cluster/testing';
import { placeGroup, placementGroupOf } from '@trolley/crush';
import { emptyRecord, encodeRecord, productKey, write } from '@trolley/records';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { FakeEngine } from '../testing/fake-engine.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { PresenceKeeper } from './presence.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const map = (epoch: number, state: 'in' | 'out' = 'in') => ({
  epoch,
  pgCount: 16,
  replicas: 3,
  nodes: [{ id: 'node-a', zone: 'z', weight: 1, state }],
});

let keeper: PresenceKeeper | undefined;
afterEach(async () => keeper?.stop());

function start(engine = new FakeEngine('node-a')) {
  const registry = new FakeRegistry();
  const clock = createManualClock(1_000);
  registry.answer(map(4));
  const step = { synced: Infinity, newestEpoch: 0, isInDoubt: false };
  const noted: number[] = [];
  keeper = new PresenceKeeper({
    engine,
    registry,
    map: () => registry.view.stored?.map,
    clock,
    logger: pino({ enabled: false }),
    graceMs: DAY_MS,
    synced: () => step.synced,
    newestEpoch: () => step.newestEpoch,
    isInDoubt: () => step.isInDoubt,
    onNoted: (atMs) => void noted.push(atMs),
  });
  const setUp = () => registry.setNodeUp({ id: 'node-a', host: 'h', port: 1, zone: 'z', weight: 1 });
  return { registry, clock, engine, setUp, step, noted };
}

/** Lets what was begun come to its end. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

test('a node that is registered and in the map notes it at once, then each minute and with each map', async () => {
  const { registry, clock, engine, setUp } = start();
  await settled();
  expect(engine.presences).toEqual([]);
  setUp();
  await vi.waitFor(() => expect(engine.presences).toEqual([{ atMs: 1_000, epoch: 4 }]));
  await settled();
  clock.advance(MINUTE_MS);
  await vi.waitFor(() => expect(engine.presences.at(-1)).toEqual({ atMs: 1_000 + MINUTE_MS, epoch: 4 }));
  await settled();
  registry.setMap(map(5));
  await vi.waitFor(() => expect(engine.presences.at(-1)).toEqual({ atMs: 1_000 + MINUTE_MS, epoch: 5 }));
});

test('one that lacks something, is out of the map, or hears nothing from the registry notes nothing', async () => {
  const lacking = start(new FakeEngine('node-a', [3]));
  lacking.setUp();
  await settled();
  expect(lacking.engine.presences).toEqual([]);
  await keeper?.stop();

  const out = start();
  out.registry.setMap(map(4, 'out'));
  out.setUp();
  await settled();
  out.registry.view = { ...out.registry.view, connected: false };
  out.registry.setMap(map(5));
  await settled();
  expect(out.engine.presences).toEqual([]);
});

test('I19: one that may have missed deletions notes nothing until that is settled', async () => {
  const { clock, engine, setUp, step } = start();
  step.isInDoubt = true;
  setUp();
  await settled();
  clock.advance(MINUTE_MS);
  await settled();
  expect(engine.presences).toEqual([]);
  step.isInDoubt = false;
  clock.advance(1_000);
  await vi.waitFor(() => expect(engine.presences).toEqual([{ atMs: 2_000 + MINUTE_MS, epoch: 4 }]));
});

test('I19: one that has heard of a newer map than it works by notes nothing', async () => {
  const { registry, engine, setUp, step } = start();
  step.newestEpoch = 5;
  setUp();
  await settled();
  expect(engine.presences).toEqual([]);
  registry.setMap(map(5));
  await vi.waitFor(() => expect(engine.presences).toEqual([{ atMs: 1_000, epoch: 5 }]));
});

test('one that is behind the map notes nothing until it has fetched what it gained', async () => {
  const { registry, clock, engine, setUp, step, noted } = start();
  step.synced = 4;
  registry.setMap(map(5));
  setUp();
  await settled();
  expect(engine.presences).toEqual([]);
  step.synced = 5;
  clock.advance(1_000);
  await vi.waitFor(() => expect(engine.presences).toEqual([{ atMs: 2_000, epoch: 5 }]));
  await settled();
  expect(noted).toEqual([2_000]);
});

test('one that still holds what others own notes nothing: of that they may drop tombstones without it', async () => {
  const { registry, clock, engine, setUp } = start();
  engine.records.set(productKey('fig'), encodeRecord(write(emptyRecord, 'node-a.1', [['quantity', 1]])));
  const other = { id: 'node-b', zone: 'z', weight: 1, state: 'in' } as const;
  const pg = placementGroupOf(productKey('fig'), 16);
  const shared = Array.from({ length: 100 }, (_, index) => ({ ...other, id: `node-b${index}` }))
    .map((node) => ({ ...map(5), replicas: 1, nodes: [...map(5).nodes, node] }))
    .find((one) => !placeGroup(one, pg).includes('node-a'));
  if (shared === undefined) throw new Error('no map without node-a for this group');
  registry.setMap(shared);
  setUp();
  await settled();
  expect(engine.presences).toEqual([]);
  engine.records.clear();
  clock.advance(MINUTE_MS);
  await vi.waitFor(() => expect(engine.presences).toHaveLength(1));
});
