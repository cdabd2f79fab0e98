/*
 * A node that was killed and missed ten thousand writes holds all of them again, byte for byte, without a read by
 * anyone: by hints, and without any by comparing digests. HEAL_CARTS says how many writes.
 */
import { afterEach, expect, test } from 'vitest';
import { mustPost, post } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { metricsOf } from '../support/metrics.ts';
import { contentsOf } from '../support/node-contents.ts';
import { numberSetting } from '../support/number-setting.ts';
import { waitUntil } from '../support/wait-until.ts';

const CARTS = numberSetting('HEAL_CARTS', 10_000);
const WRITERS = 64;
const TEST_TIMEOUT_MS = 300_000;
const HEAL_TIMEOUT_MS = 120_000;
const DEAD = 'node-3';

let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

test(
  `I17: hints bring ${CARTS} writes to a node that missed them, without a read`,
  async () => {
    // Comparisons wait for hints, and the next round is far off: what comes, comes by hints.
    const healing = await killAndHeal({ ANTI_ENTROPY_INTERVAL_MS: '3600000' });
    const repaired = await repairsBy(healing.cluster, 'hint');
    expect(repaired).toBeGreaterThan(CARTS * 0.95);
    process.stdout.write(`healed by hints: ${CARTS} carts in ${healing.tookMs} ms after the node was up\n`);
  },
  TEST_TIMEOUT_MS,
);

test(
  `I17: with hints off, comparing digests brings ${CARTS} writes to a node that missed them, without a read`,
  async () => {
    const healing = await killAndHeal({ HINTS: 'off' });
    expect(await repairsBy(healing.cluster, 'hint')).toBe(0);
    expect(await repairsBy(healing.cluster, 'anti-entropy')).toBeGreaterThanOrEqual(CARTS);
    process.stdout.write(`healed by digests: ${CARTS} carts in ${healing.tookMs} ms after the node was up\n`);
  },
  TEST_TIMEOUT_MS,
);

/** Kills a node, writes, starts it again, and measures until it holds what the others hold. */
async function killAndHeal(nodeEnvironment: Readonly<Record<string, string>>) {
  cluster = await startCluster({ nodeEnvironment });
  await mustPost(cluster.url, '/product', { name: 'apple', quantity: 1 });
  await cluster.node(DEAD).kill();
  await writeCarts(cluster.url);
  const expected = await contentsOf(cluster.node('node-1'));
  expect(expected.length).toBe(CARTS + 1);
  const node = await cluster.startNode(DEAD);
  const startMs = performance.now();
  await waitUntil(
    'the node to hold as much',
    async () => (await metricsOf(node.url)).sum('trolley_node_records') === expected.length,
    HEAL_TIMEOUT_MS,
  );
  await waitUntil(
    'the node to hold the same',
    async () => (await contentsOf(node)).join('\n') === expected.join('\n'),
    HEAL_TIMEOUT_MS,
  );
  const tookMs = Math.round(performance.now() - startMs);
  expect(await contentsOf(cluster.node('node-1'))).toEqual(expected);
  expect(await contentsOf(cluster.node('node-2'))).toEqual(expected);
  return { cluster, tookMs };
}

async function writeCarts(url: string): Promise<void> {
  const indices = Array.from({ length: CARTS }, (_, index) => index).values();
  const writer = async () => {
    for (const index of indices) {
      const answer = await post(url, '/createuser', { email: `user${index}@example.com` });
      if (answer.status !== 201) throw new Error(`a write was answered with ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

async function repairsBy(all: TestCluster, why: string): Promise<number> {
  const counts = [...all.nodes.values()].map(async ({ url }) =>
    (await metricsOf(url)).sum('trolley_node_repairs_total', { why }),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
