import { userKey, type Change } from '@trolley/records';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { createTestStore } from '../testing/test-store.ts';

const key = userKey('ann@example.com');
const create: Change = { action: { type: 'create-user' } };
const add: Change = { action: { type: 'add-to-cart', lines: [['apple', 1]] } };

const ROUNDS = 20;

test('a node that misses one write after the other is not warned of for each', async () => {
  const warnings: unknown[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(JSON.parse(line)) });
  const { store, nodes, REQUEST } = createTestStore({ logger, readRepairWatchMs: 60_000 });
  await store.change(key, create, { ...REQUEST, w: 'all' });
  const away = nodes.findLast(({ counts }) => counts.change === 0);
  if (away === undefined) throw new Error('all have coordinated');
  away.behaviour = 'refuses';
  for (let round = 0; round < ROUNDS; round += 1) await store.change(key, add, REQUEST);
  await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(0));
  await store.change(key, add, { ...REQUEST, w: 'all' });
  expect(warnings[0]).toMatchObject({ node: away.id, msg: 'a replica missed a write' });
  expect(warnings.length).toBeLessThan(ROUNDS / 2);
});
