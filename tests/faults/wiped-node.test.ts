/*
 * A node whose data directory is lost and that starts again under its old id has forgotten what it
 * acknowledged. Until it has that back from the other replicas, its word counts for nothing.
 */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get, mustPost, post } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { syncedEpochOf, waitUntilInStep } from '../support/in-step.ts';
import { property } from '../support/json.ts';
import { waitUntil } from '../support/wait-until.ts';

const TEST_TIMEOUT_MS = 60_000;
/** Enough that some lie in every node's share of the placement groups. */
const PRODUCTS = 30;
const names = Array.from({ length: PRODUCTS }, (_, index) => `product ${index}`);

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
});

afterAll(async () => cluster?.stop());

test(
  'I8: what a node acknowledged and lost is not taken for missing, and comes back from the others',
  async () => {
    await mustPost(cluster.url, '/product', { name: 'early', quantity: 1 });
    await cluster.node('node-3').kill();
    // On node-1 and node-2 only.
    for (const name of names) await mustPost(cluster.url, '/product?strict=true', { name, quantity: 7 });
    const { actor } = { actor: await actorOf('node-1') };
    await cluster.node('node-1').kill();
    await cluster.node('node-2').kill();
    await rm(cluster.dataDirOf('node-1'), { recursive: true });
    await cluster.startNode('node-1');
    await cluster.startNode('node-3');
    await cluster.waitForUp(['node-1', 'node-3']);

    // Two of three answer, and neither knows: nobody may conclude that there is nothing.
    for (const name of names) expect(await statusOf(`/product?name=${encodeURIComponent(name)}&strict=true`)).toBe(503);
    expect(await statusOf('/productslist?strict=true')).toBe(503);
    const refused = await post(cluster.url, '/product?strict=true', { name: names[0], quantity: 1 });
    expect(refused.status).toBe(503);
    expect(await syncedEpochOf(cluster, 'node-1')).toBe(0);
    // Its old dots are taken: it must not use one of them again.
    expect(await actorOf('node-1')).not.toBe(actor);

    await cluster.startNode('node-2');
    await waitUntilInStep(cluster, ['node-1', 'node-2', 'node-3']);
    await cluster.node('node-2').kill();
    await waitUntil('all that was lost to be back', async () => {
      for (const name of names) {
        const { status, body } = await get(cluster.url, `/product?name=${encodeURIComponent(name)}&strict=true`);
        expect([status, body]).toMatchObject([200, { name, quantity: 7 }]);
      }
      return true;
    });
  },
  TEST_TIMEOUT_MS,
);

async function statusOf(path: string): Promise<number> {
  return (await get(cluster.url, path)).status;
}

async function actorOf(nodeId: string): Promise<unknown> {
  const { body } = await get(cluster.node(nodeId).url, '/status');
  return property(body, 'actor');
}
