import { createManualClock } from '@trolley/cluster/testing';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createGatewayMetrics } from '../metrics.ts';
import { MissedWrites } from './missed-writes.ts';

function createMissed() {
  const clock = createManualClock();
  const lines: { level: number; msg: string; [field: string]: unknown }[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) });
  const metrics = createGatewayMetrics();
  const missed = new MissedWrites({ clock, logger, metrics });
  let requests = 0;
  const miss = (node: string) => {
    requests += 1;
    missed.missed({ node, key: 'user:a', requestId: `request-${requests}`, error: 'refused' });
  };
  const warnings = () => lines.filter(({ level }) => level >= 40);
  return { clock, lines, metrics, missed, miss, warnings };
}

test('a replica that misses many writes is warned of when that begins and when it ends', async () => {
  const { clock, lines, metrics, missed, miss, warnings } = createMissed();
  for (let write = 0; write < 100; write += 1) miss('b');
  miss('c');
  expect(warnings().map(({ node }) => node)).toEqual(['b', 'c']);
  expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(101);
  clock.advance(60_000);
  expect(missed.isMissing('b')).toBe(true);
  missed.reached('b');
  expect(missed.isMissing('b')).toBe(false);
  missed.reached('b');
  expect(warnings()).toHaveLength(3);
  expect(warnings().at(-1)).toMatchObject({
    node: 'b',
    writes: 100,
    forMs: 60_000,
    msg: 'a replica takes writes again',
  });
  miss('b');
  expect(warnings()).toHaveLength(4);
  const { text } = await metrics.exposition();
  expect(text).toContain('trolley_gateway_missed_writes_total{node="b"} 101');
});

test('one that takes some writes and misses others is not warned of again and again', () => {
  const { clock, missed, miss, warnings } = createMissed();
  for (let write = 0; write < 100; write += 1) {
    miss('b');
    missed.reached('b');
    clock.advance(100);
  }
  expect(warnings()).toHaveLength(1);
});

test('one that misses nothing is not told of', () => {
  const { lines, missed } = createMissed();
  missed.reached('b');
  expect(lines).toEqual([]);
});
