import { userKey, userOf, write } from '@trolley/records';
import { expect, test } from 'vitest';
import { createTestStore } from '../testing/test-store.ts';

const key = userKey('ann@example.com');
const create = { action: { type: 'create-user' } } as const;
const unacknowledged = [['line:pear', 1]] as const;

test('I8: a replica that lost data and is brought up to date has still not told what a quorum knows', async () => {
  const { store, node, REQUEST } = createTestStore();
  await store.change(key, create, { ...REQUEST, w: 'all' });
  node('a').records.clear();
  node('a').behaviour = 'incomplete';
  node('b').behaviour = 'refuses';
  const { record, quorum } = await store.read(key, REQUEST);
  expect(userOf(record)).toBeDefined();
  expect(quorum).toEqual({ answered: 1, replicas: 3, degraded: true });
  expect(node('a').records.has(key)).toBe(true);
});

test('a record that is newer than what the quorum told is shown only once a quorum holds it', async () => {
  const { store, nodes, transport, REQUEST } = createTestStore();
  await store.change(key, create, { ...REQUEST, w: 'all' });
  const asked: string[] = [];
  transport.onBatch = (node, { operations }) => {
    if (!operations.some((operation) => operation.type === 'read' && operation.detail === 'record')) return;
    // The first to be asked for its record fails; the next takes a write after it has told its context.
    if (!asked.includes(node.id)) asked.push(node.id);
    if (asked.length === 1) node.behaviour = 'loses-answers';
    const held = node.records.get(key);
    if (asked.length === 2 && asked.at(-1) === node.id && held !== undefined && held.context.size === 1) {
      node.records.set(key, write(held, 'another.1', unacknowledged));
    }
  };
  const { record } = await store.read(key, REQUEST);
  const holders = nodes.filter(({ records }) => records.get(key)?.fields.has('line:pear'));
  expect(asked.length).toBeGreaterThan(1);
  expect(record.fields.has('line:pear')).toBe(true);
  expect(holders.length).toBeGreaterThan(1);
});
