/*
 * A cluster that grows from one node to five under a steady load: nothing acknowledged is lost or shown older
 * than it was, nobody is turned away, each move of data ends, and an original node can then be done without.
 *
 * GROW_SEED repeats the draws of a run that failed.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { waitUntilInStep } from '../support/in-step.ts';
import { listOf, property } from '../support/json.ts';
import { freshSeed, numberSetting } from '../support/number-setting.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { waitUntil } from '../support/wait-until.ts';
import { CartLoad } from './cart-load.ts';
import { QuietProducts } from './quiet-products.ts';

const SEED = numberSetting('GROW_SEED', freshSeed());
const TEST_TIMEOUT_MS = 180_000;
const CLIENTS = 6;
const ADDITIONS = 40;
/** So many that moving them takes a while: a new owner is asked before it has its share. */
const QUIET_PRODUCTS = 5_000;
const READERS = 12;

const random = seededRandom(SEED);
const gatewayUrls = () => cluster.gateways.map(({ url }) => url);
const quiet = new QuietProducts(QUIET_PRODUCTS);
let cluster: TestCluster;
let load: CartLoad;

beforeAll(async () => {
  cluster = await startCluster({ nodes: 1, gateways: 2, gatewayEnvironment: { NODE_TIMEOUT_MS: '20000' } });
  load = new CartLoad({ gatewayUrls, clients: CLIENTS, random });
  await quiet.writeTo(cluster.node('node-1'), Number(property((await get(cluster.url, '/cluster')).body, 'epoch')));
  await load.start();
  quiet.startReading({ gatewayUrls, random, readers: READERS });
});

afterAll(async () => {
  await Promise.all([load?.stop(), quiet.stopReading()]);
  await cluster?.stop();
});

test(
  `I9: a cluster that grows loses nothing and shows nothing old (GROW_SEED=${SEED})`,
  async () => {
    await someAdditions();
    await grow('node-2');
    await growInTwoAttempts('node-3');
    await growByTwoAtOnce('node-4', 'node-5');
    for (const node of cluster.nodes.values()) expect(await recordsOf(node.url)).toBeGreaterThan(0);

    await cluster.node('node-1').kill();
    await someAdditions();
    await Promise.all([load.stop(), quiet.stopReading()]);
    await load.check();
    await quiet.readAll(cluster.url, READERS);
    expectNoFaults();
    expect(load.reads).toBeGreaterThan(0);
    expect(quiet.reads).toBeGreaterThan(QUIET_PRODUCTS);
  },
  TEST_TIMEOUT_MS,
);

function expectNoFaults(): void {
  expect([...load.faults, ...quiet.faults]).toEqual([]);
}

/** Adds a node and waits until the data has moved. */
async function grow(joining: string): Promise<void> {
  await cluster.startNode(joining);
  await waitUntilIn([joining]);
  await waitUntilSettled();
}

/** Adds nodes with one change of the map: a quorum of the new owners of some keys has nothing at first. */
async function growByTwoAtOnce(...joining: readonly [string, string]): Promise<void> {
  for (const gateway of cluster.gateways) gateway.signal('SIGSTOP');
  const nodes = await Promise.all(joining.map(async (id) => cluster.startNode(id)));
  await waitUntil('both to be registered', async () => {
    const answers = await Promise.all(nodes.map(async ({ url }) => get(url, '/readyz')));
    return answers.every(({ status }) => status === 200);
  });
  for (const gateway of cluster.gateways) gateway.signal('SIGCONT');
  await waitUntilIn(joining);
  await waitUntilSettled();
}

/** Adds a node that is killed as soon as data moves to it, and started again. */
async function growInTwoAttempts(joining: string): Promise<void> {
  await cluster.startNode(joining);
  await waitUntilIn([joining]);
  await cluster.node(joining).kill();
  await someAdditions();
  await cluster.startNode(joining);
  await waitUntilSettled();
}

async function waitUntilSettled(): Promise<void> {
  const all = [...cluster.nodes.keys()];
  await cluster.waitForUp(all);
  await waitUntilInStep(cluster, all);
  await someAdditions();
  expectNoFaults();
}

/** Waits until the map places data on these nodes. */
async function waitUntilIn(nodeIds: readonly string[]): Promise<void> {
  await waitUntil(`${nodeIds.join(', ')} to be in the map`, async () => {
    const { body } = await get(cluster.url, '/cluster');
    const placed = listOf(body, 'nodes').filter(({ state }) => state === 'in');
    return nodeIds.every((nodeId) => placed.some(({ id }) => id === nodeId));
  });
}

/** Waits until some more additions are acknowledged: the cluster serves, whatever moves. */
async function someAdditions(): Promise<void> {
  const goal = load.acknowledged + ADDITIONS;
  await waitUntil('additions', () => load.faults.length > 0 || load.acknowledged >= goal);
}

async function recordsOf(nodeUrl: string): Promise<number> {
  return Number(property((await get(nodeUrl, '/status')).body, 'records'));
}
