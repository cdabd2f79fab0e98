/*
 * What r and w promise together, for every pair of them: replicas that miss a write are chosen all round, and so are
 * those that are away when it is read.
 */
import { NodeCallError } from '@trolley/cluster';
import { userKey, userOf, type Change } from '@trolley/records';
import { describe, expect, test, vi } from 'vitest';
import type { FakeNode } from '../testing/fake-nodes.ts';
import { createTestStore } from '../testing/test-store.ts';

const key = userKey('ann@example.com');
const create: Change = { action: { type: 'create-user' } };
const add: Change = { action: { type: 'add-to-cart', lines: [['apple', 1]] } };

const levels = [3, 4].flatMap((n) =>
  upTo(n).flatMap((r) => upTo(n).map((w) => ({ n, r: r + 1, w: w + 1, overlap: r + 1 + w + 1 > n }))),
);

describe('a write with w and a read with r', () => {
  test.each(levels.filter(({ overlap }) => overlap))(
    'I23: of $n replicas, w=$w and r=$r: whoever missed the write and whoever is away, it is seen',
    async ({ n, r, w }) => {
      for (const missing of upTo(n)) {
        for (const away of upTo(n)) expect(await applesSeen({ n, r, w, missing, away })).toBe(1);
      }
    },
  );

  test.each(levels.filter(({ overlap }) => !overlap))(
    'of $n replicas, w=$w and r=$r: those who are asked may all have missed it',
    async ({ n, r, w }) => {
      // The first have missed it, and the last, who have it, are away.
      expect(await applesSeen({ n, r, w, missing: 0, away: r })).toBeUndefined();
    },
  );
});

interface Case {
  readonly n: number;
  readonly r: number;
  readonly w: number;
  /** The first of the n - w replicas that miss the write; the others follow it, round and round. */
  readonly missing: number;
  /** The first of the n - r that are away when it is read. */
  readonly away: number;
}

/** The apples that a read shows after one was added; neither is degraded. */
async function applesSeen({ n, r, w, missing, away }: Case): Promise<number | undefined> {
  const { store, transport, nodes, REQUEST } = createTestStore({ nodes: n, replicas: n });
  const inTurn = (from: number, count: number) => new Set(upTo(count).map((index) => nodes[(from + index) % n]));
  await store.change(key, create, { ...REQUEST, w: 'all' });

  const deaf = inTurn(missing, n - w);
  const missed = new Set<FakeNode>();
  transport.onBatch = (node, { operations }) => {
    if (!deaf.has(node) || operations.every(({ type }) => type === 'read')) return;
    if (operations.some(({ type }) => type === 'merge')) missed.add(node);
    throw new NodeCallError('UNREACHABLE', 'connection refused');
  };
  const written = await store.change(key, add, { ...REQUEST, r: 'one', w, strict: true });
  expect(written.quorum.degraded).toBe(false);
  await vi.waitFor(() => expect(missed.size).toBe(n - w), { interval: 1 });
  transport.onBatch = () => {};

  for (const node of inTurn(away, n - r)) if (node !== undefined) node.behaviour = 'refuses';
  const { record, quorum } = await store.read(key, { ...REQUEST, r, strict: true });
  expect(quorum.degraded).toBe(false);
  return userOf(record)?.cart.get('apple');
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
