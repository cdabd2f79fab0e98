import type { ClusterMap } from '@trolley/crush';
import { createManualClock } from '@trolley/cluster/testing';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { RememberingRegistry } from './remembering-registry.ts';
import { FakeEngine } from './testing/fake-engine.ts';
import { FakeRegistry } from './testing/fake-registry.ts';

const mapOf = (epoch: number): ClusterMap => ({
  epoch,
  pgCount: 16,
  replicas: 3,
  nodes: [{ id: 'node-a', zone: 'west', weight: 1, state: 'in' }],
});
const details = { id: 'node-b', host: 'localhost', port: 1, zone: 'east', weight: 1 };

/** A registry over a disk that takes a map only when the test lets it. */
function create() {
  const registry = new FakeRegistry();
  const engine = new FakeEngine();
  const clock = createManualClock();
  let letGo: (() => void) | undefined;
  const written: number[] = [];
  const memory = {
    get rememberedMap() {
      return engine.rememberedMap;
    },
    async rememberMap(map: ClusterMap) {
      await new Promise<void>((resolve) => (letGo = resolve));
      await engine.rememberMap(map);
      written.push(map.epoch);
    },
  };
  const remembering = new RememberingRegistry({ registry, memory, clock, logger: pino({ enabled: false }) });
  const shown: (number | undefined)[] = [];
  remembering.onChange((view) => shown.push(view.stored?.map.epoch));
  /** Lets the disk finish what it writes. */
  const write = async () => {
    letGo?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { registry, engine, clock, remembering, written, shown, write };
}

test('a map is shown once it is on disk, and everything else at once', async () => {
  const { registry, remembering, shown, write } = create();
  registry.answer(mapOf(3));
  registry.setNodeUp(details);
  expect(remembering.view.stored).toBeUndefined();
  expect(remembering.view.nodes).toHaveLength(1);
  expect(remembering.toldEpoch).toBe(3);
  await write();
  expect(remembering.view.stored?.map).toEqual(mapOf(3));
  expect(shown.at(-1)).toBe(3);
});

test('of maps that come while one is written, the newest is written next, and none before it shown', async () => {
  const { registry, written, shown, write } = create();
  registry.answer(mapOf(3));
  registry.setMap(mapOf(4));
  registry.setMap(mapOf(5));
  await write();
  expect(shown).not.toContain(3);
  await write();
  expect(written).toEqual([3, 5]);
  expect(shown.at(-1)).toBe(5);
});

test('a registry that lost its map or was set back takes none from the disk', async () => {
  const { registry, engine, remembering, written, write } = create();
  registry.answer(mapOf(7));
  await write();
  registry.setMap(undefined);
  expect(remembering.view.stored).toBeUndefined();
  registry.setMap(mapOf(2));
  expect(remembering.view.stored?.map.epoch).toBe(2);
  expect(engine.rememberedMap?.epoch).toBe(7);
  expect(written).toEqual([7]);
});

test('a disk that takes no writes holds no map back, and is tried again', async () => {
  const { registry, engine, clock, remembering, write } = create();
  engine.readOnlyReason = 'full';
  registry.answer(mapOf(3));
  await write();
  expect(remembering.view.stored?.map.epoch).toBe(3);
  expect(engine.rememberedMap).toBeUndefined();
  engine.readOnlyReason = undefined;
  clock.advance(5_000);
  await write();
  expect(engine.rememberedMap?.epoch).toBe(3);
});

test('after it is closed nothing is told and nothing written', async () => {
  const { registry, remembering, written, shown, write } = create();
  await remembering.close();
  registry.answer(mapOf(3));
  await write();
  expect([...shown, ...written]).toEqual([]);
  expect(registry.events).toEqual(['closed']);
});
