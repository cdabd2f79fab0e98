/*
 * The story of the system, on real processes with a real ZooKeeper: replicas written apart converge, a
 * node that was killed is brought up to date, and carts take writes while one node lives.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get, mustPost, post } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { followEvents } from '../support/event-stream.ts';
import { waitUntil } from '../support/wait-until.ts';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({ registry: 'zookeeper' });
});

afterAll(async () => cluster?.stop());

const orders = [
  ['node-1', 'node-2'],
  ['node-2', 'node-3'],
  ['node-3', 'node-1'],
] as const;

test.each(orders)(
  'orange written apart on %s as 2 and on %s as 3 is read as 2, and both then hold 2',
  async (first, second) => {
    const name = `orange of ${first}`;
    await mustPost(cluster.node(first).url, '/product', { name, quantity: 2 });
    await mustPost(cluster.node(second).url, '/product', { name, quantity: 3 });
    const path = `/product?name=${encodeURIComponent(name)}`;
    const read = await get(cluster.url, path);
    expect(read.body).toMatchObject({ name, quantity: 2 });
    for (const id of [first, second]) {
      await waitUntil(`${id} to hold 2`, async () => {
        const { body } = await get(cluster.node(id).url, path);
        expect(body).toMatchObject({ name, quantity: 2 });
        return true;
      });
    }
  },
);

test.each(orders)('a cart written apart on %s and on %s is read as the maximum of each line', async (first, second) => {
  const email = `ann-${first}@example.com`;
  const carts = [
    [first, { apple: 1, orange: 3 }],
    [second, { apple: 2, orange: 1 }],
  ] as const;
  for (const [id, cart] of carts) {
    await mustPost(cluster.node(id).url, '/createuser', { email });
    await mustPost(cluster.node(id).url, '/user', { email, cart });
  }
  const { body } = await get(cluster.url, `/user?email=${email}`);
  expect(body).toMatchObject({ email, cart: { apple: 2, orange: 3 } });
});

test('a node killed with -9 misses writes, comes back as the same node, and is brought up to date', async () => {
  const email = 'bob@example.com';
  await mustPost(cluster.url, '/product', { name: 'apple', quantity: 100 });
  await mustPost(cluster.url, '/createuser', { email });
  await using events = await followEvents(cluster.url);
  for (const victim of ['node-1', 'node-2', 'node-3']) {
    const rest = [...cluster.nodes.keys()].filter((id) => id !== victim);
    await cluster.node(victim).kill();
    await cluster.waitForUp(rest);
    await mustPost(cluster.url, '/addtocart', { email, products: { apple: 1 } });
    const { ready } = await cluster.startNode(victim);
    expect(ready['id']).toBe(victim);
    await cluster.waitForUp([...cluster.nodes.keys()]);

    // By this read, or by whoever remembered what it missed: whoever is first.
    expect((await get(cluster.url, `/user?email=${email}`)).status).toBe(200);
    await waitUntil(`${victim} to be current`, async () => {
      const replicas = await replicasOf(`user:${email}`);
      return replicas.every((replica) => replica.stale === false);
    });
    await waitUntil(`the repair of ${victim} to be told`, () =>
      events.some(
        ({ type, data }) => type === 'repaired' && data['node'] === victim && data['key'] === `user:${email}`,
      ),
    );
    expect(events.some(({ type, data }) => type === 'node-down' && data['node'] === victim)).toBe(true);
  }
  expect((await get(cluster.url, `/user?email=${email}`)).body).toMatchObject({ cart: { apple: 3 } });
});

test('the map in ZooKeeper follows the nodes', async () => {
  const before = await get(cluster.url, '/cluster');
  expect(before.body).toMatchObject({ replicas: 3, registry: { connected: true } });
  const ids = nodesOf(before.body).map(({ id }) => id);
  expect(ids).toEqual(['node-1', 'node-2', 'node-3']);
  await cluster.startNode('node-4');
  await waitUntil('node-4 to be in the map, with its data', async () => {
    const { body } = await get(cluster.url, '/cluster');
    return nodesOf(body).some(({ id, state, up }) => id === 'node-4' && state === 'in' && up);
  });
});

test('with all nodes but one killed, carts still take writes, and say that they are degraded', async () => {
  const email = 'cleo@example.com';
  await mustPost(cluster.url, '/createuser', { email });
  const survivor = (await replicasOf(`user:${email}`))[1]?.node ?? '';
  const victims = [...cluster.nodes.keys()].filter((id) => id !== survivor);
  for (const id of victims) await cluster.node(id).kill();
  // At once, while the registry still believes in them, and later, when it has noticed.
  for (const isNoticed of [false, true]) {
    if (isNoticed) await cluster.waitForUp([survivor]);
    const answer = await post(cluster.url, '/addtocart', { email, products: { apple: 1 } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('trolley-quorum')).toMatch(/^1\/3; degraded$/);
    const strict = await post(cluster.url, '/addtocart?strict=true', { email, products: { apple: 1 } });
    expect(strict.status).toBe(503);
  }
  for (const id of victims) await cluster.startNode(id);
  await cluster.waitForUp([...cluster.nodes.keys()]);
  await waitUntil('the cart to be whole again', async () => {
    const { body, headers } = await get(cluster.url, `/user?email=${email}&r=all`);
    expect(body).toMatchObject({ cart: { apple: 2 } });
    return !(headers.get('trolley-quorum') ?? '').includes('degraded');
  });
});

test('a ZooKeeper that is away stops nobody, and is found again', async () => {
  const { zooKeeper } = cluster;
  if (zooKeeper === undefined) throw new Error('no ZooKeeper');
  await zooKeeper.kill();
  const email = 'dan@example.com';
  await mustPost(cluster.url, '/createuser', { email });
  await mustPost(cluster.url, '/addtocart', { email, products: { apple: 1 } });
  await waitUntil('the gateway to notice', async () => {
    const { body } = await get(cluster.url, '/cluster');
    return JSON.stringify(body).includes('"connected":false');
  });
  // Longer than any session lasts.
  await delay(zooKeeper.sessionTimeoutMs);
  await zooKeeper.start();
  await cluster.waitForUp([...cluster.nodes.keys()]);
  const answer = await get(cluster.url, `/user?email=${email}&r=all&strict=true`);
  expect(answer.body).toMatchObject({ cart: { apple: 1 } });
});

test('a ZooKeeper that lost all its data gets the map back, and nobody is turned away', async () => {
  const { zooKeeper } = cluster;
  if (zooKeeper === undefined) throw new Error('no ZooKeeper');
  const before = nodesOf((await get(cluster.url, '/cluster')).body).map(({ id }) => id);
  await zooKeeper.kill();
  await zooKeeper.wipe();
  await zooKeeper.start();
  const email = 'eve@example.com';
  await waitUntil('a quorum to take writes again', async () => {
    const { status } = await post(cluster.url, '/createuser?strict=true', { email });
    return status === 201 || status === 409;
  });
  await cluster.waitForUp([...cluster.nodes.keys()]);
  expect(nodesOf((await get(cluster.url, '/cluster')).body).map(({ id }) => id)).toEqual(before);
  const answer = await get(cluster.url, '/user?email=dan@example.com&strict=true');
  expect(answer.body).toMatchObject({ cart: { apple: 1 } });
});

interface Replica {
  readonly node: string;
  readonly stale: boolean | null;
}

async function replicasOf(key: string): Promise<readonly Replica[]> {
  const { body } = await get(cluster.url, `/cluster/where?key=${encodeURIComponent(key)}`);
  if (typeof body !== 'object' || body === null || !('replicas' in body)) throw new Error(JSON.stringify(body));
  return body.replicas as readonly Replica[];
}

interface NodeEntry {
  readonly id: string;
  readonly state: string;
  readonly up: boolean;
}

function nodesOf(overview: unknown): readonly NodeEntry[] {
  if (typeof overview !== 'object' || overview === null || !('nodes' in overview)) throw new Error('no nodes');
  return overview.nodes as readonly NodeEntry[];
}
