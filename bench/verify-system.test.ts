import { expect, test } from 'vitest';
import type { System } from './system/system.ts';
import { partOf } from './testing.ts';
import { seenBy, verifySystem } from './verify-system.ts';
import { UNITS_AT_START } from './workload.ts';

/** A system that acknowledged and kept so much. */
function systemWith(acknowledged: number, unitsAdded: number): System {
  return {
    name: 'redis',
    version: undefined,
    urls: ['http://127.0.0.1:1'],
    processes: [],
    fill: () => Promise.resolve(),
    tally: () => Promise.resolve({ acknowledged, refused: 0, units: UNITS_AT_START + unitsAdded }),
    counters: undefined,
    stop: () => Promise.resolve(),
  };
}

const parts = [partOf({ system: 'redis' }, 100), partOf({ system: 'trolley' }, 5_000)];
const SEEN = 402;
const OPTIONS = { sampleAdditions: 2, settleTimeoutMs: 1 };

test('a system that kept what it acknowledged is right', async () => {
  const verified = await verifySystem(systemWith(SEEN, SEEN), parts, new AbortController().signal, OPTIONS);
  expect(verified).toEqual({ unitsAdded: SEEN, complaints: [] });
});

test('seen are loads and warm-ups, and the two additions before them; each connection may have one more', () => {
  expect(seenBy(parts.slice(0, 1), 2)).toEqual({ failures: 0, additionsSeenMin: SEEN, additionsSeenMax: SEEN + 128 });
});

test('of a mix half are additions, reads are none', () => {
  const half = { failures: 0, additionsSeenMin: 202 - 128, additionsSeenMax: 202 + 128 };
  expect(seenBy([partOf({ mix: 'half' }, 100)], 2)).toEqual(half);
  expect(seenBy([partOf({ mix: 'get' }, 100)], 2)).toEqual({ failures: 0, additionsSeenMin: 2, additionsSeenMax: 2 });
});

test('a system that lost a unit is told, after it was given time', async () => {
  const { complaints } = await verifySystem(systemWith(SEEN, SEEN - 1), parts, new AbortController().signal, OPTIONS);
  expect(complaints).toEqual([`redis: ${SEEN} additions acknowledged, ${SEEN - 1} units in the carts`]);
});
