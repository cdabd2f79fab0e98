/*
 * A cluster under load of which one process after the other is killed with -9, and all nodes at once: what a
 * quorum acknowledged is always there, and no one is turned away while a quorum is up.
 *
 * KILL_SEED repeats the draws of a run that failed.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { freshSeed, numberSetting } from '../support/number-setting.ts';
import { pick, seededRandom } from '../support/seeded-random.ts';
import { waitUntil } from '../support/wait-until.ts';
import { CartLoad } from './cart-load.ts';

const SEED = numberSetting('KILL_SEED', freshSeed());
const TEST_TIMEOUT_MS = 180_000;
const NODES = ['node-1', 'node-2', 'node-3'];
const VICTIMS = ['a node', 'a node', 'a gateway', 'a node', 'all nodes'] as const;
const ROUNDS = 15;
const CLIENTS = 6;
/** Acknowledged additions between one thing and the next, at most. */
const ADDITIONS_MAX = 60;

let cluster: TestCluster;
let load: CartLoad;
const random = seededRandom(SEED);

beforeAll(async () => {
  cluster = await startCluster({
    gateways: 2,
    nodeEnvironment: { CHECKPOINT_JOURNAL_BYTES: '65536' },
    // A busy machine must not look like a node that is dead: those that are, refuse connections.
    gatewayEnvironment: { NODE_TIMEOUT_MS: '20000' },
  });
  load = new CartLoad({ gatewayUrls: () => cluster.gateways.map(({ url }) => url), clients: CLIENTS, random });
  await load.start();
});

afterAll(async () => {
  await load?.stop();
  await cluster?.stop();
});

test(
  `I1: what a quorum acknowledged survives the kill -9 of every process in turn (KILL_SEED=${SEED})`,
  async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await someAdditions();
      await killAndRestart(VICTIMS[round % VICTIMS.length] ?? 'a node');
      expect(load.faults).toEqual([]);
    }
    await someAdditions();
    await load.stop();
    expect(load.faults).toEqual([]);
    await load.check();
    expect(load.reads).toBeGreaterThan(ROUNDS);
  },
  TEST_TIMEOUT_MS,
);

async function killAndRestart(victims: (typeof VICTIMS)[number]): Promise<void> {
  switch (victims) {
    case 'a node': {
      const id = pick(random, NODES);
      await cluster.node(id).kill();
      await someAdditions();
      await cluster.startNode(id);
      await cluster.waitForUp(NODES);
      return;
    }
    case 'a gateway':
      load.mayBreak = true;
      await cluster.killGateway(pick(random, cluster.gateways));
      await someAdditions();
      await cluster.startGateway();
      await cluster.waitForUp(NODES);
      load.mayBreak = false;
      return;
    case 'all nodes':
      load.mayRefuse = true;
      await Promise.all(NODES.map(async (id) => cluster.node(id).kill()));
      await Promise.all(NODES.map(async (id) => cluster.startNode(id)));
      await cluster.waitForUp(NODES);
      load.mayRefuse = false;
      return;
    default:
      victims satisfies never;
  }
}

/** Waits until some more additions are acknowledged: the cluster serves, whatever is down. */
async function someAdditions(): Promise<void> {
  const goal = load.acknowledged + Math.ceil(random() * ADDITIONS_MAX);
  await waitUntil('additions', () => load.faults.length > 0 || load.acknowledged >= goal);
}
