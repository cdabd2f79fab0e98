/*
 * What a node tells gateways of how it stands with the other replicas: they look at it no longer for what it may have missed
 * before the time that it names. So it must never name one as of which it lacks anything.
 */
import type { ClusterMap } from '@trolley/crush';
import { placeGroup, placementGroupOf } from '@trolley/crush';
import { emptyRecord, encodeRecord, productKey, write } from '@trolley/records';
import { afterEach, expect, test, vi } from 'vitest';
import { RepairWorld } from '../testing/repair-world.ts';

const WAIT = { timeout: 15_000, interval: 10 };
const GROUPS = 16;
const FIG = encodeRecord(write(emptyRecord, 'x.1', [['quantity', 1]]));

let world: RepairWorld;
afterEach(async () => world.stop());

async function createWorld(ids: readonly string[], antiEntropyIntervalMs = 100): Promise<void> {
  world = new RepairWorld({ pgCount: GROUPS, settings: { antiEntropyIntervalMs } });
  for (const id of ids) await world.open(id);
}

/** When the node was in step, as it tells; -Infinity when it does not know. */
async function inStepAsOfMs(id: string): Promise<number> {
  const answer = await world.node(id).service.answer({ type: 'status', eventsAfter: 0 });
  if (answer.type !== 'status') throw new Error('that is no status');
  return answer.inStepAsOfMs ?? -Infinity;
}

async function waitUntilInStepAfter(id: string, timeMs: number): Promise<void> {
  await vi.waitFor(async () => expect(await inStepAsOfMs(id)).toBeGreaterThan(timeMs), WAIT);
}

async function holds(id: string, key: string): Promise<boolean> {
  return (await world.node(id).engine.readRecord(key)).value !== undefined;
}

test('I13: a node is in step once it has compared with all others, and holds by then what they held', async () => {
  await createWorld(['a', 'b', 'c']);
  world.setMap();
  expect(await inStepAsOfMs('a')).toBe(-Infinity);
  for (const id of ['a', 'b', 'c']) world.start(id);
  await waitUntilInStepAfter('c', -Infinity);
  for (let round = 0; round < 20; round += 1) {
    const key = productKey(`fig ${round}`);
    await world.node('a').engine.merge(key, FIG);
    await waitUntilInStepAfter('c', world.clock.monotonicMs());
    expect(await holds('c', key)).toBe(true);
  }
});

test('I13: what comes to another while they are compared is not among what it holds', async () => {
  await createWorld(['a', 'b'], 3_600_000);
  world.setMap();
  const { engine } = world.node('b');
  const digest = engine.digest.bind(engine);
  let writtenMs: number | undefined;
  vi.spyOn(engine, 'digest').mockImplementation((pg) => {
    const before = digest(pg);
    // Told is what was there before, as to an asker that came a moment earlier.
    if (writtenMs === undefined) {
      writtenMs = world.clock.monotonicMs();
      for (let index = 0; index < 100; index += 1) void engine.merge(productKey(`fig ${index}`), FIG);
    }
    return before;
  });
  world.start('a');
  await waitUntilInStepAfter('a', -Infinity);
  const asOfMs = await inStepAsOfMs('a');
  const lacking = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => !(await holds('a', productKey(`fig ${index}`)))),
  );
  expect(lacking).toContain(true);
  expect(asOfMs).toBeLessThanOrEqual(writtenMs ?? -Infinity);
});

test('while one of the others is away nothing later is told', async () => {
  await createWorld(['a', 'b', 'c']);
  world.setMap();
  for (const id of ['a', 'b', 'c']) world.start(id);
  await waitUntilInStepAfter('a', -Infinity);
  world.node('c').isUp = false;
  const awayMs = world.clock.monotonicMs();
  const { figures } = world.node('a').service;
  const { comparisons } = figures;
  await vi.waitFor(() => expect(figures.comparisons).toBeGreaterThan(comparisons + 3), WAIT);
  expect(await inStepAsOfMs('a')).toBeLessThanOrEqual(awayMs);
  world.node('c').isUp = true;
  await waitUntilInStepAfter('a', awayMs);
});

test('I13: a node that gains groups is in step only once the move has ended and it has compared these too', async () => {
  const ids = ['a', 'b', 'c', 'd'];
  await createWorld(ids);
  const nodesWithout = (...out: string[]): ClusterMap['nodes'] =>
    ids.map((id) => ({ id, zone: `zone-${id}`, weight: 1, state: out.includes(id) ? 'out' : 'in' }));
  const before: ClusterMap = { epoch: 1, pgCount: GROUPS, replicas: 3, nodes: nodesWithout() };
  const after: ClusterMap = { ...before, epoch: 3, nodes: nodesWithout('c') };
  const key = Array.from({ length: 500 }, (_, index) => productKey(`fig ${index}`)).find((each) => {
    const pg = placementGroupOf(each, GROUPS);
    return !placeGroup(before, pg).includes('d') && placeGroup(after, pg).includes('d');
  });
  if (key === undefined) throw new Error('d gains nothing');
  world.registry.answer(before);
  for (const id of ids) world.start(id);
  await waitUntilInStepAfter('d', -Infinity);
  world.registry.answer({ ...after, epoch: 2, previousNodes: before.nodes });
  for (const id of ['a', 'b', 'c']) await world.node(id).engine.merge(key, FIG);
  const missedMs = world.clock.monotonicMs();
  const { figures } = world.node('d').service;
  const { comparisons } = figures;
  await vi.waitFor(() => expect(figures.comparisons).toBeGreaterThan(comparisons + 6), WAIT);
  expect(await inStepAsOfMs('d')).toBeLessThanOrEqual(missedMs);
  world.registry.answer(after);
  await waitUntilInStepAfter('d', missedMs);
  expect(await holds('d', key)).toBe(true);
});
