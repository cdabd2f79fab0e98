/*
 * What it costs two replicas to compare one placement group of 100,000 keys, when one key differs and when so many do
 * that the whole group must be listed. Counts are asserted; times are printed for docs/performance.md, and never
 * judged: they are as good as the machine.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { REPAIR_BATCH_MAX } from '@trolley/cluster';
import { emptyRecord, encodeRecord, productKey, write } from '@trolley/records';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { addToProduct } from '../testing/engine-world.ts';
import { RepairWorld } from '../testing/repair-world.ts';

const KEYS = 100_000;
/** Every so many keys one differs: nearly all leaves of the hash tree do then. */
const MANY_DIFFER_EVERY = 12;
/** So many that one pass does not gather them all. */
const MORE_DIFFER_EVERY = 8;
const IN_ONE_GO = 10_000;
const WAIT = { timeout: 120_000, interval: 5 };
const stock = encodeRecord(write(emptyRecord, 'x.1', [['quantity', 1]]));

let world: RepairWorld;

beforeAll(async () => {
  world = new RepairWorld({ pgCount: 1, settings: { antiEntropyIntervalMs: 3_600_000 } });
  for (const id of ['a', 'b']) await world.open(id);
  const keys = Array.from({ length: KEYS }, (_, index) => keyOf(index));
  for (let from = 0; from < KEYS; from += IN_ONE_GO) {
    const some = keys.slice(from, from + IN_ONE_GO);
    for (const { engine } of world.nodes.values()) {
      await Promise.all(some.map(async (key) => engine.merge(key, stock)));
    }
  }
  world.setMap();
  // Only one of the two compares, so that nothing is counted twice.
  world.start('a');
  await vi.waitUntil(() => figures().comparisonsEqual === 1, WAIT);
}, 120_000);

afterAll(async () => world.stop());

function keyOf(index: number): string {
  return productKey(`product ${index}`);
}

function figures() {
  return world.node('a').service.figures;
}

function everyNth(step: number): readonly number[] {
  return Array.from({ length: Math.ceil(KEYS / step) }, (_, index) => index * step);
}

function pagesAsked(): number {
  return world.traffic.operations.filter((type) => type === 'digest-entries').length;
}

/** Has b write to some keys, and a compare with it until they agree; tells what it took to find the differences. */
async function measure(title: string, indexes: readonly number[]) {
  const { engine } = world.node('b');
  await Promise.all(indexes.map(async (index) => engine.change(keyOf(index), addToProduct(1), undefined)));
  const repairedBefore = figures().repairedTotal;
  world.resetTraffic();
  const finding = watchFinding();
  await world.node('a').service.answer({ type: 'repair', begin: true });
  const { tookMs, longestMs, traffic } = await finding;
  await vi.waitFor(async () => expect(await isRunEnded()).toBe(true), WAIT);
  expect(figures().repairedTotal - repairedBefore).toBe(indexes.length);
  expect(world.node('a').engine.digest(0)).toEqual(world.node('b').engine.digest(0));
  const took = `${Math.round(tookMs)} ms, the event loop held for ${longestMs.toFixed(1)} ms at most`;
  const { messages, characters, largest } = traffic;
  process.stdout.write(`${title}: ${took}; ${messages} messages, ${characters} characters, largest ${largest}\n`);
  return traffic;
}

async function isRunEnded(): Promise<boolean> {
  const answer = await world.node('a').service.answer({ type: 'repair', begin: false });
  return answer.type === 'repair' && answer.run?.ended === true;
}

/**
 * Until the first record is fetched: what was sent, the processor time of both nodes together, and the longest that one
 * piece of work held the event loop. Not by the clock on the wall: other processes may take the core away at any moment.
 */
async function watchFinding() {
  const startedMs = processorMs();
  let longestMs = 0;
  let lastMs = startedMs;
  while (world.traffic.operations.at(-1) !== 'read') {
    await nextTurn();
    const nowMs = processorMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }
  return { tookMs: lastMs - startedMs, longestMs, traffic: { ...world.traffic } };
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

it('I22: one key that differs is found with a handful of small messages', async () => {
  const { messages, largest } = await measure('one key of 100,000 differs', [4_711]);
  expect(messages).toBeLessThanOrEqual(7);
  expect(largest).toBeLessThan(4_000);
}, 120_000);

it('differences all over the group are found by listing it once, a page at a time', async () => {
  const { largest } = await measure('one key in 12 of 100,000 differs', everyNth(MANY_DIFFER_EVERY));
  expect(pagesAsked()).toBeLessThanOrEqual(KEYS / REPAIR_BATCH_MAX + 1);
  expect(largest).toBeLessThan(200_000);
}, 120_000);

it('more differences than one pass gathers: the next goes on where that left off', async () => {
  await measure('one key in 8 of 100,000 differs, the first 10,000 of them', everyNth(MORE_DIFFER_EVERY));
  expect(pagesAsked()).toBeLessThanOrEqual(KEYS / REPAIR_BATCH_MAX + 2);
}, 120_000);
